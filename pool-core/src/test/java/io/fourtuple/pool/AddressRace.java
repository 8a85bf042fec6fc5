package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A pool for a name with several addresses, and callers. At the end of each test every port must
 * come back, and no timer may be left.
 */
final class AddressRace implements AfterEachCallback {
  static final Destination SHOP = Destination.named("shop.example", 443);
  static final Endpoint SIX = Endpoint.of("2001:db8::7", 443);
  static final Endpoint SIX_TOO = Endpoint.of("2001:db8::8", 443);
  static final Endpoint FOUR = Endpoint.of("203.0.113.7", 443);
  static final Duration DELAY = Duration.ofMillis(250);
  static final Duration LONG = Duration.ofMinutes(1);

  final ScriptedConnector connector = new ScriptedConnector();
  List<Endpoint> addresses = List.of(FOUR, SIX);
  int ports = 64;
  final ConnectionPool<Integer> pool = pool(settings -> settings);
  private final List<CompletableFuture<Lease<Integer>>> asked = new ArrayList<>();

  ConnectionPool<Integer> pool(UnaryOperator<ConnectionPoolBuilder<Integer>> settings) {
    connector.sources =
        to ->
            List.of(
                to.address() instanceof Inet6Address ? six() : ScriptedConnector.source(1, ports));
    return settings
        .apply(
            ConnectionPool.builder(connector)
                .random(new SplittableRandom(1))
                .resolver(
                    (host, port) ->
                        CompletableFuture.completedFuture(
                            new EndpointResolver.Resolution(addresses, Duration.ofHours(1)))))
        .build();
  }

  private SourceAddress six() {
    return new SourceAddress(
        Endpoint.of("2001:db8::1", 1).address(),
        PortSet.of(new PortRange(40_000, 40_000 + ports - 1)),
        PortSelection.OWNED,
        new PortBudget(ports, 0, ports));
  }

  void begin(ConnectionPool<Integer> from, Destination to) {
    asked.add(from.acquireAsync(to, LONG));
  }

  void begin() {
    begin(pool, SHOP);
  }

  CompletableFuture<Lease<Integer>> call(ConnectionPool<Integer> from, Destination to) {
    begin(from, to);
    return asked.get(asked.size() - 1);
  }

  CompletableFuture<Lease<Integer>> call() {
    return call(pool, SHOP);
  }

  /** Where the connects go that nobody has answered, in order. */
  List<Endpoint> underWay() {
    return connector.pending.stream().map(AddressRace::to).toList();
  }

  private static Endpoint to(Attempt attempt) {
    return attempt.reservation().route().endpoint();
  }

  static Endpoint to(CompletableFuture<Lease<Integer>> served) {
    assertThat(served).isCompleted();
    return served.join().route().endpoint();
  }

  EndpointSnapshot snapshotOf(Endpoint endpoint) {
    return pool.snapshot().destinations().get(0).endpoints().stream()
        .filter(each -> each.endpoint().equals(endpoint))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    CompletableFuture<Void> closed = pool.close(Duration.ZERO);
    connector.time.advance(Duration.ofMinutes(5));
    assertThat(closed).isCompleted();
    assertThat(connector.pending).isEmpty();
    assertThat(asked).allMatch(CompletableFuture::isDone);
    assertThat(connector.ledger.census()).allMatch(census -> census.used() == 0);
  }
}
