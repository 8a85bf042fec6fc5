package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortDemand;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who has no pool: reserves a port or waits for one, connects, and remembers what was
 * told.
 */
public final class LedgerClient {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SimulatedConnector connector;
  private final List<Attempt> attempts = new ArrayList<>();

  /** A client of a connector and its ledger. */
  public LedgerClient(SimulatedConnector connector) {
    this.connector = connector;
  }

  /** Begins a connection; null where the ledger has no port to give. */
  public @Nullable Attempt open(Endpoint endpoint) {
    PortReservation reservation = connector.ledger().tryReserve(routes(endpoint));
    return reservation == null ? null : connect(reservation);
  }

  /** Begins a connection as soon as the ledger has a port to give. */
  public Waiting openOrWait(Endpoint endpoint) {
    Waiting waiting = new Waiting(routes(endpoint), connector.kernel().time().read());
    PortReservation reservation = connector.ledger().reserveOrWait(waiting);
    if (reservation != null) {
      waiting.over = true;
      connect(reservation);
    }
    return waiting;
  }

  private List<Route> routes(Endpoint endpoint) {
    return connector.sources(endpoint).stream().map(source -> new Route(source, endpoint)).toList();
  }

  private Attempt connect(PortReservation reservation) {
    Attempt attempt = new Attempt(reservation);
    attempts.add(attempt);
    Deadline deadline = Deadline.after(connector.kernel().time().read(), PATIENCE);
    Destination destination = Destination.of(reservation.route().endpoint());
    attempt.cancel =
        connector.connect(new ConnectRequest(destination, reservation, deadline), attempt);
    return attempt;
  }

  /** All that was begun, oldest first. */
  public List<Attempt> attempts() {
    return List.copyOf(attempts);
  }

  /** Waits for a port, and connects when it gets one. */
  public final class Waiting implements PortDemand {
    private final List<Route> routes;
    private final long since;
    private boolean over;

    Waiting(List<Route> routes, long since) {
      this.routes = routes;
      this.since = since;
    }

    /** Whether it neither has a port nor gave up. */
    public boolean isWaiting() {
      return !over;
    }

    /** Waits no more. */
    public void giveUp() {
      if (connector.ledger().withdraw(this) == over) {
        throw new AssertionError("withdrawn, yet over: " + over + ", " + routes);
      }
      over = true;
    }

    @Override
    public List<Route> routes() {
      return routes;
    }

    @Override
    public long waitingSince() {
      return since;
    }

    @Override
    public void granted(PortReservation reservation) {
      if (over) {
        throw new AssertionError("granted, though it waits no more: " + reservation);
      }
      over = true;
      connect(reservation);
    }

    @Override
    public void reconsider() {
      // waits on; there is no deadline here
    }
  }

  /** One connection from its connect to its end, which checks that it is told in order. */
  public static final class Attempt implements ConnectionEvents<SimulatedConnection> {
    private final PortReservation reservation;
    private final List<String> told = new ArrayList<>();
    private @Nullable SimulatedConnection connection;
    private Cancellable cancel = () -> {};

    Attempt(PortReservation reservation) {
      this.reservation = reservation;
    }

    /** What pays for the port. */
    public PortReservation reservation() {
      return reservation;
    }

    /** {@code connected}, {@code failed: ...}, {@code closed}, as they came. */
    public List<String> told() {
      return List.copyOf(told);
    }

    /** The connection. */
    public SimulatedConnection connection() {
      SimulatedConnection known = connection;
      if (known == null) {
        throw new IllegalStateException("not connected, was told " + told);
      }
      return known;
    }

    /** Takes the connect back. */
    public void cancel() {
      cancel.cancel();
    }

    @Override
    public void connected(SimulatedConnection opened) {
      expectTold();
      told.add("connected");
      connection = opened;
    }

    @Override
    public void failed(ConnectFailure failure) {
      expectTold();
      told.add("failed: " + failure.kind());
    }

    @Override
    public void closed() {
      expectTold("connected");
      told.add("closed");
    }

    private void expectTold(String... expected) {
      if (!told.equals(List.of(expected))) {
        throw new AssertionError("told out of order, before: " + told + ", on " + reservation);
      }
    }
  }
}
