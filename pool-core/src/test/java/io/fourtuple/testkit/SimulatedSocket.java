package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.KernelSocket;
import io.fourtuple.testkit.PortRequest.Reuse;
import io.fourtuple.testkit.PortRequest.Way;
import io.fourtuple.testkit.SocketRow.Holder;
import io.fourtuple.time.Scheduler.Cancellable;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A socket as the kernel knows it. Moved by {@link SimulatedKernel} alone. */
public final class SimulatedSocket {
  private final InetAddress localAddress;
  private final int localPort;
  private final @Nullable Endpoint remote;
  private final Way way;
  private final Reuse reuse;
  private final Holder holder;
  final SocketEvents events;

  TcpState state;

  /** Whether both ends offered TCP timestamps. */
  boolean timestamps;

  /** Tells the NAT in front, if it let the SYN pass, that the connection is over. */
  Runnable leavesNat = () -> {};

  /** Whether the NAT in front had no port for it. */
  boolean isDroppedByNat;

  /** Whether user space has let go of it. */
  boolean orphan;

  /** Whether the peer has vanished after its FIN, and before it acknowledged ours. */
  boolean silentlyHeld;

  /** Whether the kernel's table still has it. */
  boolean present = true;

  /** When it came into its state, in nanoseconds since the start. */
  long since;

  /** What moves it next by itself. */
  Cancellable timer = () -> {};

  SimulatedSocket(
      PortRequest request,
      int localPort,
      @Nullable Endpoint remote,
      TcpState state,
      Holder holder,
      SocketEvents events) {
    this.localAddress = request.address();
    this.localPort = localPort;
    this.remote = remote;
    this.way = request.way();
    this.reuse = request.reuse();
    this.state = state;
    this.holder = holder;
    this.events = events;
  }

  /** The local address. */
  public InetAddress localAddress() {
    return localAddress;
  }

  /** The local port. */
  public int localPort() {
    return localPort;
  }

  /** Where it is connected to; null for a listener. */
  public @Nullable Endpoint remote() {
    return remote;
  }

  /** Where it stands; the last state where the kernel has forgotten it. */
  public TcpState state() {
    return state;
  }

  /** Whether the kernel still holds its 4-tuple. */
  public boolean isPresent() {
    return present;
  }

  /** Whether the connection uses TCP timestamps. */
  public boolean timestamps() {
    return timestamps;
  }

  Holder holder() {
    return holder;
  }

  Reuse reuse() {
    return reuse;
  }

  boolean isBound() {
    return way.isBound();
  }

  boolean connects(InetAddress address, Endpoint endpoint) {
    return localAddress.equals(address) && endpoint.equals(remote);
  }

  /** What of a closed socket the kernel keeps in small: TIME_WAIT, and FIN_WAIT2 as an orphan. */
  boolean isResting() {
    return state == TcpState.TIME_WAIT || (state == TcpState.FIN_WAIT2 && orphan);
  }

  /** Whether the two ends know each other, so that a reset would be believed. */
  boolean isConnected() {
    return present
        && switch (state) {
          case ESTABLISHED, CLOSE_WAIT, FIN_WAIT1, FIN_WAIT2, CLOSING, LAST_ACK -> true;
          case SYN_SENT, TIME_WAIT, CLOSE, LISTEN -> false;
        };
  }

  /** As the ledger wants it; nothing where {@code /proc/net/tcp} has no such line. */
  Optional<KernelSocket> shown() {
    Optional<KernelSocket.Kind> kind =
        switch (state) {
          case LISTEN -> Optional.of(KernelSocket.Kind.LISTENING);
          case SYN_SENT, ESTABLISHED, CLOSE_WAIT -> Optional.of(KernelSocket.Kind.OPEN);
          case FIN_WAIT1, FIN_WAIT2, CLOSING, LAST_ACK -> Optional.of(KernelSocket.Kind.CLOSING);
          case TIME_WAIT -> Optional.of(KernelSocket.Kind.TIME_WAIT);
          case CLOSE -> Optional.empty();
        };
    return kind.map(k -> new KernelSocket(localAddress, localPort, remote, k));
  }

  SocketRow row() {
    return new SocketRow(localAddress, localPort, remote, state, holder);
  }

  @Override
  public String toString() {
    return row().toString();
  }
}
