package io.fourtuple.testkit;

import io.fourtuple.pool.Destination;
import io.fourtuple.port.PortReservation;

/** A connection of the {@link SimulatedConnector}; tests make the peer's part of it happen here. */
public final class SimulatedConnection {
  private final SimulatedConnector connector;
  private final Line line;

  SimulatedConnection(SimulatedConnector connector, Line line) {
    this.connector = connector;
    this.line = line;
  }

  /** Where it goes. */
  public Destination destination() {
    return line.destination();
  }

  /** What pays for its port. */
  public PortReservation reservation() {
    return line.reservation();
  }

  /** The kernel's side of it. */
  public SimulatedSocket socket() {
    return line.socket();
  }

  /** How many leases it can carry at once. */
  public int allowed() {
    return line.allowed();
  }

  /** The peer allows so many leases from now on, which its client is told. */
  public void allows(int most) {
    line.allows(most);
  }

  /** The peer takes no further request, as it says with GOAWAY. */
  public void announcesEnd() {
    line.drain();
  }

  /** Whether the peer has said so. */
  public boolean isDraining() {
    return line.drains();
  }

  /** Whether it carries requests. */
  public boolean isOpen() {
    return line.isOpen();
  }

  /** The peer closes, as a server does with an idle connection. */
  public void peerCloses() {
    connector.kernel().peerCloses(line.socket());
  }

  /** The peer resets. */
  public void peerResets() {
    connector.kernel().peerResets(line.socket());
  }

  /** The peer sends bytes; on a connection that is not leased nobody asked for them. */
  public void peerSends() {
    line.bytesArrived();
  }

  Line line() {
    return line;
  }

  @Override
  public String toString() {
    return line.toString();
  }
}
