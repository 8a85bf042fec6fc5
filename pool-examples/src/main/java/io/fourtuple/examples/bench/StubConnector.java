package io.fourtuple.examples.bench;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import java.util.List;

/** Connections without sockets, on ports of a real ledger that has just enough of them. */
final class StubConnector implements Connector<Object> {
  private static final int FIRST_PORT = 20_000;

  private final PortLedger ledger = PortLedger.create(HostLimits.linuxDefaults());
  private final List<SourceAddress> sources;

  StubConnector(int connections) {
    PortSet ports = PortSet.of(new PortRange(FIRST_PORT, FIRST_PORT + connections - 1));
    sources =
        List.of(
            SourceAddress.of(Endpoint.of("10.0.0.5", 1).address(), ports, PortSelection.OWNED)
                .withBudget(PortBudget.defaultFor(PortSelection.OWNED, connections)));
  }

  /** One of them. */
  private static final class Connection {
    private final PortReservation reservation;
    private final ConnectionEvents<Object> events;
    private volatile boolean isOpen = true;

    Connection(PortReservation reservation, ConnectionEvents<Object> events) {
      this.reservation = reservation;
      this.events = events;
    }
  }

  @Override
  public PortLedger ledger() {
    return ledger;
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return sources;
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<Object> events) {
    PortReservation reservation = request.reservation();
    reservation.connecting();
    reservation.established(reservation.port());
    events.connected(new Connection(reservation, events));
    return () -> {};
  }

  @Override
  public boolean isUsable(Object connection) {
    return ((Connection) connection).isOpen;
  }

  @Override
  public void close(Object connection, CloseMode mode) {
    Connection closing = (Connection) connection;
    if (closing.isOpen) {
      closing.isOpen = false;
      closing.reservation.closing();
      closing.events.closed();
      closing.reservation.settle(Ending.RESET);
    }
  }
}
