package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.DestinationSnapshot;
import io.fourtuple.pool.EndpointSnapshot;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.Line.Phase;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The oracle's part about one pool. */
final class PoolInvariants {
  private final SimulatedHost host;
  private final ConnectionPool<SimulatedConnection> pool;
  private final SimulatedConnector connector;

  PoolInvariants(
      SimulatedHost host, ConnectionPool<SimulatedConnection> pool, SimulatedConnector connector) {
    this.host = host;
    this.pool = pool;
    this.connector = connector;
  }

  boolean isAbout(ConnectionPool<SimulatedConnection> other) {
    return pool == other;
  }

  void check(List<PortCensus> censuses) {
    PoolSnapshot snapshot = pool.snapshot();
    int open = connector.connections().size();
    require(
        snapshot.idle() + snapshot.leased() == open,
        snapshot.idle(),
        "idle and",
        snapshot.leased(),
        "leased, but connections are",
        connector.connections());
    require(
        snapshot.leases() >= snapshot.leased(),
        snapshot.leases(),
        "leases on",
        snapshot.leased(),
        "connections");
    long connecting =
        connector.unsettled().stream().filter(line -> line.phase() == Phase.CONNECTING).count();
    require(
        snapshot.connecting() == connecting,
        "the pool believes in",
        snapshot.connecting(),
        "connects, there are",
        connecting);
    require(snapshot.counters().surfaced() == 0, "a refusal of the kernel reached a caller");
    Map<Object, PortCensus> free =
        censuses.stream()
            .filter(census -> census.free() > 0)
            .collect(
                Collectors.toMap(census -> LineBook.budget(census.route()), Function.identity()));
    snapshot.destinations().forEach(destination -> nobodyWaitsInVain(destination, free));
  }

  /**
   * (4) Who waits, waits for something: no idle connection, no port, or an endpoint that is down.
   */
  private void nobodyWaitsInVain(
      DestinationSnapshot snapshot, Map<Object, PortCensus> freeByBudget) {
    if (snapshot.waiting() == 0 || isAboutToCarry(snapshot)) {
      return;
    }
    require(snapshot.idle() == 0, "callers wait beside idle connections:", snapshot);
    boolean resting =
        snapshot.endpoints().stream().anyMatch(EndpointSnapshot::isDown)
            || host.kernel().isDisturbed()
            || connector.failedOnPort() > 0;
    List<PortCensus> free =
        snapshot.destination().endpoints().stream()
            .flatMap(
                endpoint ->
                    connector.sources(endpoint).stream()
                        .map(
                            source ->
                                freeByBudget.get(LineBook.budget(new Route(source, endpoint)))))
            .filter(Objects::nonNull)
            .toList();
    require(
        resting || snapshot.connecting() > 0 || free.isEmpty(),
        "callers wait, nobody connects, and there are ports:",
        snapshot,
        free);
  }

  /** Whether a connection can carry no lease for the moment, which is waited for. */
  private boolean isAboutToCarry(DestinationSnapshot snapshot) {
    return connector.connections().stream()
        .anyMatch(c -> c.allowed() == 0 && c.destination().equals(snapshot.destination()));
  }

  void checkQuiet() {
    PoolSnapshot snapshot = pool.snapshot();
    require(
        snapshot.idle() + snapshot.leased() + snapshot.connecting() + snapshot.waiting() == 0,
        "closed, yet not empty:",
        snapshot);
  }
}
