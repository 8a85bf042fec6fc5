package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.DestinationSnapshot;
import io.fourtuple.pool.EndpointSnapshot;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.SimulatedConnector.Phase;
import java.util.List;

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

  void check() {
    PoolSnapshot snapshot = pool.snapshot();
    int open = connector.connections().size();
    require(
        snapshot.idle() + snapshot.leased() == open,
        snapshot.idle(),
        "idle and",
        snapshot.leased(),
        "leased, but connections are",
        connector.connections());
    long connecting =
        connector.unsettled().stream().filter(line -> line.phase() == Phase.CONNECTING).count();
    require(
        snapshot.connecting() == connecting,
        "the pool believes in",
        snapshot.connecting(),
        "connects, there are",
        connecting);
    require(snapshot.counters().surfaced() == 0, "a refusal of the kernel reached a caller");
    snapshot.destinations().forEach(this::nobodyWaitsInVain);
  }

  /**
   * (4) Who waits, waits for something: no idle connection, no port, or an endpoint that is down.
   */
  private void nobodyWaitsInVain(DestinationSnapshot snapshot) {
    if (snapshot.waiting() == 0) {
      return;
    }
    require(snapshot.idle() == 0, "callers wait beside idle connections:", snapshot);
    boolean resting =
        snapshot.endpoints().stream().anyMatch(EndpointSnapshot::isDown)
            || host.kernel().isDisturbed()
            || connector.failedOnPort() > 0;
    List<Endpoint> endpoints = snapshot.destination().endpoints();
    List<PortCensus> free =
        host.ledger().census().stream().filter(c -> isFor(c, endpoints) && c.free() > 0).toList();
    require(
        resting || snapshot.connecting() > 0 || free.isEmpty(),
        "callers wait, nobody connects, and there are ports:",
        snapshot,
        free);
  }

  private static boolean isFor(PortCensus census, List<Endpoint> endpoints) {
    return census.route().source().selection() == PortSelection.EXCLUSIVE
        || endpoints.contains(census.route().endpoint());
  }

  void checkQuiet() {
    PoolSnapshot snapshot = pool.snapshot();
    require(
        snapshot.idle() + snapshot.leased() + snapshot.connecting() + snapshot.waiting() == 0,
        "closed, yet not empty:",
        snapshot);
  }
}
