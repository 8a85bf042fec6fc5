package io.fourtuple.port;

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

  PortReservation(PortLedger ledger) {
    this.ledger = ledger;
  }

  /** The route whose budget pays. */
  public Route route() {
    throw new UnsupportedOperationException();
  }

  /** The local port; 0 while the kernel has not picked it. */
  public int port() {
    throw new UnsupportedOperationException();
  }

  /** Where the port stands; meaningless once settled. */
  public PortState state() {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether the holder should bind at all. False under {@link Enforcement#OBSERVE}: leave source
   * and port to the kernel and report what it chose.
   */
  public boolean binds() {
    throw new UnsupportedOperationException();
  }

  /** The kernel is about to hear of it: call this just before bind and connect. */
  public void connecting() {
    throw new UnsupportedOperationException();
  }

  /**
   * The connection is there.
   *
   * @param localPort the port that the socket really has
   */
  public void established(int localPort) {
    throw new UnsupportedOperationException();
  }

  /**
   * Whether the connection uses TCP timestamps, where the transport can tell (TCP_INFO). Without
   * them the kernel does not let us take our own TIME_WAIT tuple again.
   */
  public void timestamps(boolean used) {
    throw new UnsupportedOperationException();
  }

  /** A FIN was sent or received: the connection carries no further request. */
  public void closing() {
    throw new UnsupportedOperationException();
  }

  /**
   * The socket is closed, or there never was one: the port goes to rest or is free.
   *
   * @throws IllegalStateException where it is settled already
   */
  public void settle(Ending ending) {
    throw new UnsupportedOperationException();
  }

  /** Whether it is settled. */
  public boolean isSettled() {
    throw new UnsupportedOperationException();
  }

  /** Whether the route is at or above its high mark now. */
  public boolean isAboveHighMark() {
    throw new UnsupportedOperationException();
  }
}
