package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The oracle's part about connections that carry several leases, of one pool: looks at each connect
 * when it begins, and at each lease when a caller gets it.
 */
final class SeveralLeasesWatch extends ForwardingConnector<SimulatedConnection> {
  private final SimulatedConnector behind;
  private final List<Lease<SimulatedConnection>> leases = new ArrayList<>();

  /** A lease of them was discarded: they get no further one. */
  private final Set<SimulatedConnection> discarded = new LinkedHashSet<>();

  private final Map<Destination, Integer> connecting = new HashMap<>();

  /** What one connect is taken to serve: what the last connection said. */
  private final Map<Destination, Integer> expected = new HashMap<>();

  private final boolean mayMultiplex;
  private ToIntFunction<Destination> waiting = destination -> 0;

  SeveralLeasesWatch(SimulatedConnector behind, boolean mayMultiplex) {
    super(behind);
    this.behind = behind;
    this.mayMultiplex = mayMultiplex;
    behind.mayMultiplex(mayMultiplex);
  }

  /** How many wait for a destination. */
  void waiting(ToIntFunction<Destination> count) {
    waiting = count;
  }

  List<Lease<SimulatedConnection>> leases() {
    return leases;
  }

  // ---- what callers get, and give back

  void lent(Lease<SimulatedConnection> lease) {
    SimulatedConnection connection = lease.connection();
    require(connection.isOpen(), "lent dead:", lease);
    require(!connection.isDraining(), "lent while it drains:", lease);
    require(!discarded.contains(connection), "lent after a discard:", lease);
    leases.add(lease);
    require(
        out(connection) <= connection.allowed(),
        out(connection),
        "leases on one that carries",
        connection.allowed());
  }

  Lease<SimulatedConnection> take(Lease<SimulatedConnection> lease) {
    leases.remove(lease);
    return lease;
  }

  void discards(Lease<SimulatedConnection> lease) {
    discarded.add(lease.connection());
  }

  int out(SimulatedConnection connection) {
    return (int) leases.stream().filter(lease -> lease.connection() == connection).count();
  }

  private boolean isOver(SimulatedConnection connection) {
    return connection.isDraining() || discarded.contains(connection);
  }

  private boolean hasSlot(SimulatedConnection connection, Destination to) {
    return connection.destination().equals(to)
        && !isOver(connection)
        && out(connection) < connection.allowed();
  }

  // ---- connects

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<SimulatedConnection> events) {
    Destination to = request.destination();
    int waits = waiting.applyAsInt(to);
    require(waits > 0, "connects for nobody:", to);
    nobodyWaitsBesideASlot(to);
    int now = connecting.merge(to, 1, Integer::sum);
    long each = expected.getOrDefault(to, mayMultiplex ? Integer.MAX_VALUE : 1);
    long wanted = (waits + each - 1) / each - barred(to);
    require(now <= wanted, now, "connects for", waits, "callers,", each, "each, to", to);
    return super.connect(request, new Events(to, events));
  }

  /** Connections that can carry nothing for the moment. */
  private long barred(Destination to) {
    return behind.connections().stream()
        .filter(it -> it.destination().equals(to) && !isOver(it) && it.allowed() == 0)
        .count();
  }

  private void carries(Destination to, int most) {
    if (most > 0) {
      expected.put(to, most);
    } else {
      expected.putIfAbsent(to, Integer.MAX_VALUE);
    }
  }

  @Override
  public void close(SimulatedConnection connection, CloseMode mode) {
    require(out(connection) == 0, "closed in use:", connection);
    super.close(connection, mode);
  }

  private void nobodyWaitsBesideASlot(Destination to) {
    behind
        .connections()
        .forEach(it -> require(!hasSlot(it, to), "callers wait or connect beside a slot of", it));
  }

  private final class Events implements ConnectionEvents<SimulatedConnection> {
    private final Destination to;
    private final ConnectionEvents<SimulatedConnection> pool;
    private @Nullable SimulatedConnection made;
    private int last;

    Events(Destination to, ConnectionEvents<SimulatedConnection> pool) {
      this.to = to;
      this.pool = pool;
    }

    private void over() {
      connecting.merge(to, -1, Integer::sum);
    }

    @Override
    public void connected(SimulatedConnection connection) {
      over();
      made = connection;
      last = connection.allowed();
      carries(to, last);
      pool.connected(connection);
    }

    @Override
    public void failed(ConnectFailure failure) {
      over();
      pool.failed(failure);
    }

    @Override
    public void maxLeasesChanged() {
      SimulatedConnection connection = made;
      if (connection != null && connection.allowed() != last) {
        last = connection.allowed();
        carries(to, last);
      }
      pool.maxLeasesChanged();
    }

    @Override
    public void draining() {
      pool.draining();
    }

    @Override
    public void closed() {
      pool.closed();
    }
  }

  // ---- at any moment

  void check(List<Destination> destinations) {
    for (Destination destination : destinations) {
      if (waiting.applyAsInt(destination) > 0) {
        nobodyWaitsBesideASlot(destination);
      }
    }
    for (SimulatedConnection connection : behind.connections()) {
      require(
          !isOver(connection) || out(connection) > 0,
          "drains without a lease, and is not closed:",
          connection);
    }
  }

  /** Leases on connections that stand, which the pool must know of. */
  long usable() {
    return leases.stream().filter(lease -> lease.connection().isOpen()).count();
  }
}
