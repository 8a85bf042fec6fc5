package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.Invariants;
import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.testkit.SimulatedConnector;
import io.fourtuple.testkit.SimulatedHost;
import io.fourtuple.testkit.SimulatedPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One host with pools on it, and callers that write down what they are told. At the end of each
 * test everything is closed, and nothing may be left: no port, no timer, nobody who waits.
 */
final class Scene implements AfterEachCallback {
  static final Endpoint ONE = Endpoint.of("203.0.113.7", 443);
  static final Endpoint OTHER = Endpoint.of("203.0.113.8", 443);
  static final Destination TO_ONE = Destination.of("one", ONE);
  static final Destination TO_ONE_AGAIN = Destination.of("one-again", ONE);
  static final Destination TO_BOTH = Destination.of("both", ONE, OTHER);
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration MINUTES = Duration.ofMinutes(10);

  final SimulatedHost host;
  final List<SourceAddress> sources = new ArrayList<>();
  final SimulatedConnector connector;
  private final Invariants invariants;
  private final List<ConnectionPool<SimulatedConnection>> pools = new ArrayList<>();
  private final List<Caller> callers = new ArrayList<>();

  private Scene(PortSelection selection, int ports, int sourceCount) {
    int first = selection == PortSelection.OWNED ? 20_000 : 40_000;
    host =
        new SimulatedHost(
            HostLimits.linuxDefaults()
                .withEphemeral(new PortRange(40_000, 40_000 + ports - 1))
                .withTimeWaitReuse(TimeWaitReuse.NEVER),
            1);
    for (int i = 0; i < sourceCount; i++) {
      sources.add(host.source("10.0.0." + (5 + i), first + "-" + (first + ports - 1), selection));
    }
    connector = host.connector(sources.toArray(SourceAddress[]::new));
    invariants = new Invariants(host);
  }

  /** Ports that the host owns: one that we closed can be taken again at once. */
  static Scene owned(int ports) {
    return new Scene(PortSelection.OWNED, ports, 1);
  }

  /** Ports that rest for 66 s after we closed first. */
  static Scene pinned(int ports) {
    return new Scene(PortSelection.PINNED, ports, 1);
  }

  static Scene ownedBySources(int ports, int sourceCount) {
    return new Scene(PortSelection.OWNED, ports, sourceCount);
  }

  // ---- pools

  /** A pool with defaults. */
  ConnectionPool<SimulatedConnection> pool() {
    return pool(settings -> settings);
  }

  ConnectionPool<SimulatedConnection> pool(
      UnaryOperator<ConnectionPoolBuilder<SimulatedConnection>> settings) {
    return pool(connector, connector, settings);
  }

  /** A pool whose connector goes before the simulated one. */
  ConnectionPool<SimulatedConnection> pool(
      Connector<SimulatedConnection> front,
      UnaryOperator<ConnectionPoolBuilder<SimulatedConnection>> settings) {
    return pool(front, connector, settings);
  }

  /** A pool with a connector of its own, on the same ports. */
  ConnectionPool<SimulatedConnection> anotherPool() {
    SimulatedConnector own = host.connector(sources.toArray(SourceAddress[]::new));
    return pool(own, own, settings -> settings);
  }

  private ConnectionPool<SimulatedConnection> pool(
      Connector<SimulatedConnection> front,
      SimulatedConnector behind,
      UnaryOperator<ConnectionPoolBuilder<SimulatedConnection>> settings) {
    ConnectionPool<SimulatedConnection> pool =
        settings
            .apply(
                ConnectionPool.builder(front)
                    .scheduler(host.time())
                    .random(new SplittableRandom(1)))
            .build();
    pools.add(pool);
    invariants.watch(pool, behind);
    return pool;
  }

  // ---- callers

  /** Somebody who wants a connection, and waits so long for it. */
  Caller call(ConnectionPool<SimulatedConnection> pool, Destination destination, Duration timeout) {
    Caller caller = new Caller();
    callers.add(caller);
    caller.handle = pool.acquire(destination, timeout, caller);
    return caller;
  }

  /** Connections to one destination, all of them new and in use at the same time. */
  List<Lease<SimulatedConnection>> lease(
      ConnectionPool<SimulatedConnection> pool, Destination destination, int count) {
    List<Caller> asked = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asked.add(call(pool, destination, SECOND));
    }
    passMillis(10);
    return asked.stream().map(Caller::lease).toList();
  }

  Lease<SimulatedConnection> lease(
      ConnectionPool<SimulatedConnection> pool, Destination destination) {
    return lease(pool, destination, 1).get(0);
  }

  // ---- what happens

  void pass(Duration time) {
    host.advance(time);
    invariants.check();
  }

  void passMillis(long millis) {
    pass(Duration.ofMillis(millis));
  }

  SimulatedPeer peer(Endpoint endpoint) {
    return host.kernel().peer(endpoint);
  }

  /** Closes a connection first, as an HTTP client does after {@code Connection: close}. */
  void closeFirst(Lease<SimulatedConnection> lease) {
    connector.close(lease.connection(), Connector.CloseMode.ORDERLY);
    lease.close();
    passMillis(20);
  }

  Route route(int source, Endpoint to) {
    return new Route(sources.get(source), to);
  }

  PortCensus census() {
    return host.ledger().census(route(0, ONE));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    host.advance(Duration.ZERO);
    invariants.check();
    List<CompletableFuture<Void>> closed =
        pools.stream().map(pool -> pool.close(Duration.ZERO)).toList();
    pass(MINUTES);
    assertThat(closed).allMatch(CompletableFuture::isDone);
    invariants.checkQuiet();
    callers.forEach(
        caller -> assertThat(caller.timesTold()).as(caller.toString()).isLessThanOrEqualTo(1));
    assertThat(callers.stream().filter(Caller::isWaiting)).as("still waiting").isEmpty();
  }
}
