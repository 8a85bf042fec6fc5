package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Connections without a network, for many threads: each step happens on a thread of an executor,
 * and now and then something fails. Complains where a connection has more users than it can carry,
 * or is closed in use.
 */
final class MemoryConnector implements Connector<MemoryConnector.Connection> {
  private final PortLedger ledger;
  private final List<SourceAddress> sources;
  private final Executor network;
  final AtomicInteger faults = new AtomicInteger();

  /** How many leases a connection can carry at most. */
  volatile int most = 1;

  final AtomicInteger open = new AtomicInteger();

  MemoryConnector(PortLedger ledger, SourceAddress source, Executor network) {
    this.ledger = ledger;
    this.sources = List.of(source);
    this.network = network;
  }

  /** One of them. */
  static final class Connection {
    private final PortReservation reservation;
    private final ConnectionEvents<Connection> events;
    private final AtomicReference<State> state = new AtomicReference<>(State.CONNECTING);
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger leases = new AtomicInteger();
    private volatile boolean isClosedByUs;
    private volatile int maxLeases;

    Connection(PortReservation reservation, ConnectionEvents<Connection> events) {
      this.reservation = reservation;
      this.events = events;
    }
  }

  private enum State {
    CONNECTING,
    OPEN,
    CLOSED
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
  public Cancellable connect(ConnectRequest request, ConnectionEvents<Connection> events) {
    Connection connection = new Connection(request.reservation(), events);
    connection.maxLeases = most;
    request.reservation().connecting();
    network.execute(() -> answered(connection));
    return () ->
        fail(
            connection,
            Ending.CONNECT_FAILED,
            new ConnectFailure(ConnectFailure.Kind.CANCELLED, new IOException("cancelled")));
  }

  private void answered(Connection connection) {
    switch (ThreadLocalRandom.current().nextInt(20)) {
      case 0 ->
          fail(
              connection,
              Ending.CONNECT_FAILED,
              new ConnectFailure(ConnectFailure.Kind.ENDPOINT, new IOException("refused")));
      case 1 ->
          fail(
              connection,
              Ending.ABANDONED,
              new ConnectFailure(ConnectFailure.Kind.LOCAL_PORT, new IOException("in use")));
      default -> establish(connection);
    }
  }

  private void establish(Connection connection) {
    if (connection.state.compareAndSet(State.CONNECTING, State.OPEN)) {
      open.incrementAndGet();
      connection.reservation.established(connection.reservation.port());
      connection.events.connected(connection);
    }
  }

  private static void fail(Connection connection, Ending ending, ConnectFailure failure) {
    if (connection.state.compareAndSet(State.CONNECTING, State.CLOSED)) {
      connection.reservation.settle(ending);
      connection.events.failed(failure);
    }
  }

  @Override
  public boolean isUsable(Connection connection) {
    return connection.state.get() == State.OPEN;
  }

  @Override
  public void onLease(Connection connection) {
    connection.leases.incrementAndGet();
  }

  @Override
  public void onReturn(Connection connection) {
    connection.leases.decrementAndGet();
  }

  @Override
  public int maxLeases(Connection connection) {
    return connection.maxLeases;
  }

  @Override
  public boolean mayMultiplex(Destination destination) {
    return most > 1;
  }

  /** A connection can carry so many from now on. */
  void allow(Connection connection, int leases) {
    connection.maxLeases = leases;
    connection.events.maxLeasesChanged();
  }

  /** The peer takes no further request. */
  void drain(Connection connection) {
    connection.events.draining();
  }

  /** A caller begins to use its connection; only so many may do so until {@link #giveBack}. */
  void use(Lease<Connection> lease) {
    if (lease.connection().users.incrementAndGet() > most) {
      faults.incrementAndGet();
    }
  }

  /** Gives back what was used. */
  void giveBack(Lease<Connection> lease) {
    Connection connection = lease.connection();
    if (connection.users.decrementAndGet() < 0 || connection.isClosedByUs) {
      faults.incrementAndGet();
    }
    lease.close();
  }

  @Override
  public void close(Connection connection, CloseMode mode) {
    connection.isClosedByUs = true;
    network.execute(() -> end(connection, Ending.RESET));
  }

  /** The peer closes. */
  void peerCloses(Connection connection) {
    network.execute(() -> end(connection, Ending.PEER_CLOSED_FIRST));
  }

  private void end(Connection connection, Ending ending) {
    if (connection.state.compareAndSet(State.OPEN, State.CLOSED)) {
      open.decrementAndGet();
      connection.reservation.closing();
      connection.events.closed();
      connection.reservation.settle(ending);
    }
  }
}
