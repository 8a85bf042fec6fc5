package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One line of the kernel's socket table.
 *
 * @param remote null for a listener
 * @param holder who opened it
 */
public record SocketRow(
    InetAddress localAddress,
    int localPort,
    @Nullable Endpoint remote,
    TcpState state,
    Holder holder) {

  /** Who opened a socket; the kernel treats all alike. */
  public enum Holder {
    US,
    NEIGHBOUR
  }
}
