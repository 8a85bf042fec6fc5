package io.fourtuple.testkit;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who has no pool: reserves a port, connects, and remembers what was told. */
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
    List<Route> routes =
        connector.sources(endpoint).stream().map(source -> new Route(source, endpoint)).toList();
    PortReservation reservation = connector.ledger().tryReserve(routes);
    if (reservation == null) {
      return null;
    }
    Attempt attempt = new Attempt(reservation);
    attempts.add(attempt);
    Deadline deadline = Deadline.after(connector.kernel().time().read(), PATIENCE);
    attempt.cancel =
        connector.connect(
            new ConnectRequest(Destination.of(endpoint), reservation, deadline), attempt);
    return attempt;
  }

  /** All that was begun, oldest first. */
  public List<Attempt> attempts() {
    return List.copyOf(attempts);
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
