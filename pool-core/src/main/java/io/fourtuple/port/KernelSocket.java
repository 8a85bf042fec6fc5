package io.fourtuple.port;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket in the kernel's table, as far as ports are concerned.
 *
 * @param localAddress the local address; the wildcard for many listeners
 * @param localPort the local port
 * @param remote the other end; null for a listener
 * @param kind what state it is in
 */
public record KernelSocket(
    InetAddress localAddress, int localPort, @Nullable Endpoint remote, Kind kind) {
  /** States, as far as they matter to a port. */
  public enum Kind {
    /** Waits for connections: nobody else can have the port. */
    LISTENING,
    /** SYN_SENT, SYN_RECEIVED, ESTABLISHED or CLOSE_WAIT. */
    OPEN,
    /** FIN_WAIT1, FIN_WAIT2, CLOSING or LAST_ACK. */
    CLOSING,
    /** TIME_WAIT. */
    TIME_WAIT
  }
}
