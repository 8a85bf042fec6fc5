package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.metrics.PoolMetrics;
import io.fourtuple.metrics.PortMetrics;
import io.fourtuple.testkit.SimulatedConnection;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What meters say of a pool, and of its ports. */
class MetricsTest {
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final Pattern NAME = Pattern.compile("`(fourtuple\\.[a-z.]+)`");

  @RegisterExtension final Scene scene = Scene.pinned(4);

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final PoolMetrics metrics = new PoolMetrics(registry);

  private ConnectionPool<SimulatedConnection> pool(PoolMetrics listener) {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxIdleTime(Duration.ofSeconds(30)).listener(listener));
    listener.watch(pool);
    return pool;
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(tags).gauge().value();
  }

  private double counter(String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  @Test
  void aPoolIsSeenByDestination() {
    ConnectionPool<SimulatedConnection> pool = pool(metrics);
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    scene.lease(pool, TO_ONE).close();
    scene.pass(ROUND);
    assertThat(gauge("fourtuple.connections", "destination", "one", "state", "active"))
        .isEqualTo(1);
    assertThat(gauge("fourtuple.connections", "destination", "one", "state", "idle")).isEqualTo(1);
    assertThat(gauge("fourtuple.connections.pending", "destination", "one")).isZero();
    scene.lease(pool, TO_ONE).close();
    held.close();
    scene.pass(SECOND);
    assertThat(counter("fourtuple.connections.acquired", "destination", "one")).isEqualTo(3);
    assertThat(counter("fourtuple.connections.reused", "destination", "one")).isEqualTo(1);
    assertThat(counter("fourtuple.connections.opened", "destination", "one")).isEqualTo(2);
    assertThat(counter("fourtuple.connections.surfaced", "destination", "one")).isZero();
    Timer acquire = registry.get("fourtuple.acquire").tag("destination", "one").timer();
    assertThat(acquire.count()).isEqualTo(3);
    assertThat(acquire.max(TimeUnit.MILLISECONDS)).isEqualTo(1);
    Timer connect = registry.get("fourtuple.connect").tag("destination", "one").timer();
    assertThat(connect.count()).isEqualTo(2);
    metrics.close();
  }

  @Test
  void refusalsAreCountedByReason() {
    ConnectionPool<SimulatedConnection> pool = pool(metrics);
    List<Lease<SimulatedConnection>> all = scene.lease(pool, TO_ONE, 4);
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND.multipliedBy(2));
    all.forEach(Lease::discard);
    scene.peer(OTHER).refuse();
    scene.peer(ONE).refuse();
    scene.call(pool, Destination.of("other", OTHER), SECOND);
    scene.pass(SECOND);
    List<String> reasons =
        registry.find("fourtuple.refused").counters().stream()
            .map(c -> c.getId().getTag("destination") + " " + c.getId().getTag("reason"))
            .sorted()
            .toList();
    assertThat(reasons).containsExactly("one ports", "other connect");
    metrics.close();
  }

  @Test
  void portsAreSeenByRoute() {
    try (PortMetrics ports = new PortMetrics(scene.host.ledger())) {
      ports.bindTo(registry);
      ConnectionPool<SimulatedConnection> pool = scene.pool();
      Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
      scene.closeFirst(scene.lease(pool, TO_ONE));
      scene.pass(ROUND);
      String[] route = {"source", "10.0.0.5", "endpoint", "203.0.113.7:443"};
      assertThat(registry.get("fourtuple.ports.capacity").tags(route).gauge().value()).isEqualTo(4);
      assertThat(registry.get("fourtuple.ports.used").tags(route).gauge().value()).isEqualTo(2);
      assertThat(states()).containsExactly("active=1", "free=2", "time_wait=1");
      assertThat(counter("fourtuple.ports.corrections")).isZero();
      held.close();
    }
    assertThat(registry.getMeters())
        .allMatch(meter -> meter.getId().getTag("destination") != null); // all of this are gone
    metrics.close();
  }

  private Set<String> states() {
    return registry.find("fourtuple.ports").gauges().stream()
        .filter(gauge -> gauge.value() != 0)
        .map(gauge -> gauge.getId().getTag("state") + "=" + (int) gauge.value())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void thereAreNoMoreSeriesThanAsked() {
    try (PoolMetrics few = new PoolMetrics(registry, List.of(Tag.of("app", "shop")), 1)) {
      ConnectionPool<SimulatedConnection> pool = pool(few);
      scene.lease(pool, TO_ONE).close();
      scene.pass(ROUND);
      scene.lease(pool, TO_BOTH).close();
      scene.lease(pool, Destination.of("third", OTHER)).close();
      scene.pass(ROUND);
      assertThat(destinations("fourtuple.connections.acquired")).containsExactly("one", "other");
      assertThat(counter("fourtuple.connections.acquired", "destination", "other")).isEqualTo(2);
      assertThat(destinations("fourtuple.acquire")).containsExactly("one", "other");
      assertThat(registry.find("fourtuple.connections").gauges())
          .allMatch(gauge -> "shop".equals(gauge.getId().getTag("app")));
    }
    metrics.close();
    assertThat(registry.getMeters()).isEmpty();
  }

  private Set<String> destinations(String name) {
    return registry.find(name).tagKeys("destination").meters().stream()
        .filter(meter -> meter instanceof Timer timer ? timer.count() > 0 : true)
        .map(meter -> String.valueOf(meter.getId().getTag("destination")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatIsGoneIsRemoved() {
    ConnectionPool<SimulatedConnection> pool = pool(metrics);
    try (PortMetrics ports = new PortMetrics(scene.host.ledger())) {
      ports.bindTo(registry);
      scene.lease(pool, TO_ONE).close();
      scene.pass(ROUND);
      assertThat(destinations("fourtuple.acquire")).containsExactly("one");
      assertThat(registry.find("fourtuple.ports").gauges()).isNotEmpty();
      scene.pass(Duration.ofMinutes(10)); // forgotten: idle, rested
      assertThat(destinations("fourtuple.acquire")).isEmpty();
      assertThat(destinations("fourtuple.connections.acquired")).isEmpty();
      assertThat(registry.find("fourtuple.ports").gauges()).isEmpty();
    }
    metrics.close();
  }

  @Test
  void theDocumentationHasAllNamesAndNoOther() throws Exception {
    ConnectionPool<SimulatedConnection> pool = pool(metrics);
    try (PortMetrics ports = new PortMetrics(scene.host.ledger())) {
      ports.bindTo(registry);
      scene.lease(pool, TO_ONE, 4).forEach(Lease::close);
      scene.pass(ROUND);
      scene.peer(OTHER).refuse();
      scene.call(pool, Destination.of("other", OTHER), SECOND);
      scene.pass(ROUND);
      Set<String> named =
          registry.getMeters().stream()
              .map(meter -> meter.getId().getName())
              .collect(Collectors.toCollection(TreeSet::new));
      String page = Files.readString(Path.of("../docs/operations.md"));
      Set<String> documented =
          NAME.matcher(page).results().map(name -> name.group(1)).collect(Collectors.toSet());
      assertThat(documented).isEqualTo(named);
    }
    metrics.close();
  }

  @Test
  void figuresHaveDescriptions() {
    pool(metrics);
    try (PortMetrics ports = new PortMetrics(scene.host.ledger())) {
      ports.bindTo(registry);
      assertThat(registry.getMeters())
          .isNotEmpty()
          .allMatch(meter -> meter.getId().getDescription() != null);
    }
    metrics.close();
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> new PoolMetrics(registry, List.of(), -1))
        .hasMessage("mostDestinations must be in 0..100000, was -1");
    assertThatThrownBy(() -> new PortMetrics(scene.host.ledger(), List.of(), 100_001))
        .hasMessage("mostRoutes must be in 0..100000, was 100001");
    ConnectionPool<SimulatedConnection> pool = pool(metrics);
    assertThatThrownBy(() -> metrics.watch(pool)).isInstanceOf(IllegalStateException.class);
    metrics.close();
  }
}
