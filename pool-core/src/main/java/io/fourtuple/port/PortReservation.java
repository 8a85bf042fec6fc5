package io.fourtuple.port;

import org.jspecify.annotations.Nullable;

/**
 * The right to use one local port of one {@link Route}. Only a {@link PortLedger} makes them; the
 * holder reports what becomes of the port, and settles exactly once.
 *
 * <p>The port is counted from the moment of reservation. With {@link PortSelection#KERNEL} it is a
 * permit, which gets its port when the connection is established.
 *
 * <p>Thread-safe. Each method that reports throws {@link IllegalStateException} where the move is
 * not legal (see {@link PortState}), naming port, from and to.
 */
public final class PortReservation {
  private final PortLedger ledger;
  private final Route route;
  private final RoutePorts ports;
  private final boolean binds;

  // Written under the ledger's lock.
  private volatile int port;
  private volatile boolean tracked;
  private volatile PortState state = PortState.RESERVED;
  private volatile @Nullable Ending ending;

  PortReservation(PortLedger ledger, Route route, RoutePorts ports, int port, boolean binds) {
    this.ledger = ledger;
    this.route = route;
    this.ports = ports;
    this.port = port;
    this.tracked = port != 0;
    this.binds = binds;
  }

  /** The route whose budget pays. */
  public Route route() {
    return route;
  }

  /** The local port; 0 while the kernel has not picked it. */
  public int port() {
    return port;
  }

  /** Where the port stands for the holder; once settled, where it stood then. */
  public PortState state() {
    return state;
  }

  /**
   * Whether the holder should bind at all. False under {@link Enforcement#OBSERVE}: leave source
   * and port to the kernel and report what it chose.
   */
  public boolean binds() {
    return binds;
  }

  /** The kernel is about to hear of it: call this just before bind and connect. */
  public void connecting() {
    ledger.connecting(this);
  }

  /**
   * The connection is there.
   *
   * @param localPort the port that the socket really has, 1 to 65535
   */
  public void established(int localPort) {
    if (localPort < 1 || localPort > PortRange.MAX_PORT) {
      throw new IllegalArgumentException("localPort must be in 1..65535, was " + localPort);
    }
    ledger.established(this, localPort);
  }

  /**
   * Whether the connection uses TCP timestamps, where the transport can tell (TCP_INFO). Without
   * them the kernel does not let us take our own TIME_WAIT tuple again.
   */
  public void timestamps(boolean used) {
    ledger.timestamps(route.endpoint(), used);
  }

  /**
   * A FIN was sent or received: the connection carries no further request. Does nothing when called
   * again.
   */
  public void closing() {
    ledger.closing(this);
  }

  /**
   * The socket is closed, or there never was one: the port goes to rest or is free.
   *
   * @throws IllegalStateException where it is settled already
   */
  public void settle(Ending ending) {
    ledger.settle(this, ending);
  }

  /** Whether it is settled. */
  public boolean isSettled() {
    return ending != null;
  }

  /** Whether the route is at or above its high mark now, or its cap at 90 %. */
  public boolean isAboveHighMark() {
    return ledger.isAboveHighMark(this);
  }

  /** Whether anybody waits for a port of this route, or its cap; a glance without a lock. */
  public boolean isWanted() {
    return ports.isWanted();
  }

  /**
   * Claims the connection on this port for somebody who waits for a port of this route, or for its
   * spent cap: true tells the holder to close it instead of keeping or reusing it.
   *
   * @param since only for those who wait since before this tick
   * @param own the holder's own demand, which does not count; null for none
   */
  public boolean claimForOthers(long since, @Nullable PortDemand own) {
    return isWanted() && ledger.claimForOthers(ports, since, own);
  }

  // ---- for the ledger, under its lock

  RoutePorts ports() {
    return ports;
  }

  /** The port as far as the route keeps its state; 0 for a permit. */
  int trackedPort() {
    return tracked ? port : 0;
  }

  void localPort(int localPort, boolean tracked) {
    this.port = localPort;
    this.tracked = tracked;
  }

  void state(PortState next) {
    this.state = next;
  }

  void settled(Ending how) {
    this.ending = how;
  }

  @Nullable Ending ending() {
    return ending;
  }

  /** {@code 10.0.0.5:40017 to 203.0.113.7:443 (ESTABLISHED)}. */
  @Override
  public String toString() {
    return Addresses.format(route.source().address())
        + ":"
        + (port == 0 ? "*" : Integer.toString(port))
        + " to "
        + route.endpoint()
        + " ("
        + (ending == null ? state.toString() : "settled: " + ending)
        + ")";
  }
}
