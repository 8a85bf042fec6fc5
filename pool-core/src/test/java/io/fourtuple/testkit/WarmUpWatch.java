package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.PortCensus;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The oracle's part about connects that are made ahead of callers, which are those that begin while
 * nobody waits for the destination: they keep their pace, and take no port that others want.
 */
final class WarmUpWatch extends ForwardingConnector<SimulatedConnection> {
  static final int CONNECTING = 2;
  static final Duration INTERVAL = Duration.ofMillis(7);

  private final Map<Destination, Long> lastBegan = new HashMap<>();
  private final Map<Destination, Integer> connecting = new HashMap<>();
  private @Nullable ConnectionPool<SimulatedConnection> pool;

  WarmUpWatch(SimulatedConnector behind) {
    super(behind);
  }

  void over(ConnectionPool<SimulatedConnection> watched) {
    pool = watched;
  }

  private boolean isAhead(Destination destination) {
    return pool != null
        && pool.snapshot().destinations().stream()
            .noneMatch(each -> each.destination().equals(destination) && each.waiting() > 0);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<SimulatedConnection> events) {
    Destination to = request.destination();
    if (!isAhead(to)) {
      return super.connect(request, events);
    }
    long now = ledger().ticker().read();
    Long last = lastBegan.put(to, now);
    require(
        last == null || now - last >= INTERVAL.toNanos(),
        "two connects ahead of callers within the interval:",
        to);
    require(connecting.merge(to, 1, Integer::sum) <= CONNECTING, "too many ahead of callers:", to);
    PortCensus census = ledger().census(request.reservation().route());
    require(
        census.waiting() == 0
            && census.free() > 0
            && census.used() < census.route().source().budget().highMark(),
        "ahead of callers on a port that is wanted:",
        census);
    return super.connect(request, new Events(to, events));
  }

  private final class Events implements ConnectionEvents<SimulatedConnection> {
    private final Destination to;
    private final ConnectionEvents<SimulatedConnection> events;

    Events(Destination to, ConnectionEvents<SimulatedConnection> events) {
      this.to = to;
      this.events = events;
    }

    private void ended() {
      connecting.merge(to, -1, Integer::sum);
    }

    @Override
    public void connected(SimulatedConnection connection) {
      ended();
      events.connected(connection);
    }

    @Override
    public void failed(ConnectFailure failure) {
      ended();
      events.failed(failure);
    }

    @Override
    public void closed() {
      events.closed();
    }
  }
}
