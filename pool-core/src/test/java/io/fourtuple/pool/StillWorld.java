package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool on a few ports in time that stands still, as small as can be, for Lincheck: it connects
 * before {@code connect} returns, closes before {@code close} does, and ports need no rest.
 */
final class StillWorld implements Connector<StillWorld.Connection> {
  static final Endpoint ENDPOINT = Endpoint.of("203.0.113.7", 443);
  static final Destination DESTINATION = Destination.of("one", ENDPOINT);
  static final Duration SECOND = Duration.ofSeconds(1);

  final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults())
          .ticker(() -> 0)
          .scheduler((task, delay) -> () -> {})
          .rest(Duration.ZERO)
          .build();
  final SourceAddress source;
  final ConnectionPool<Connection> pool;

  private final int most;

  StillWorld(String ports) {
    this(ports, 1);
  }

  /** With connections that can carry so many leases at first. */
  StillWorld(String ports, int most) {
    this.most = most;
    source =
        SourceAddress.of(
            Endpoint.of("10.0.0.5", 1).address(), PortSet.parse(ports), PortSelection.OWNED);
    ConnectionPoolBuilder<Connection> settings =
        ConnectionPool.builder(this)
            .leakDetection(LeakDetection.OFF)
            .random(new SplittableRandom(1));
    settings.logsTroubles = false;
    pool = settings.build();
  }

  /** One of them. */
  static final class Connection {
    private final PortReservation reservation;
    private final ConnectionEvents<Connection> events;
    private final AtomicInteger ends = new AtomicInteger();
    private volatile int maxLeases;

    Connection(PortReservation reservation, ConnectionEvents<Connection> events, int maxLeases) {
      this.reservation = reservation;
      this.events = events;
      this.maxLeases = maxLeases;
    }

    void allow(int leases) {
      maxLeases = leases;
      events.maxLeasesChanged();
    }

    int maxLeases() {
      return maxLeases;
    }

    void drain() {
      events.draining();
    }

    boolean isOpen() {
      return ends.get() == 0;
    }

    void end() {
      if (ends.compareAndSet(0, 1)) {
        reservation.closing();
        reservation.settle(Ending.ABANDONED); // without a rest, which would never end here
        events.closed();
      }
    }
  }

  @Override
  public PortLedger ledger() {
    return ledger;
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return List.of(source);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<Connection> events) {
    PortReservation reservation = request.reservation();
    reservation.connecting();
    reservation.established(reservation.port());
    events.connected(new Connection(reservation, events, most));
    return () -> {};
  }

  @Override
  public boolean isUsable(Connection connection) {
    return connection.isOpen();
  }

  @Override
  public int maxLeases(Connection connection) {
    return connection.maxLeases();
  }

  @Override
  public void close(Connection connection, CloseMode mode) {
    connection.end();
  }
}
