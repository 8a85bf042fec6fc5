package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.ScriptedResolver.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Endpoints of a name come, leave, and come back. */
class EndpointChangesTest {
  private static final Destination SHOP = Destination.named("shop.example", 443);
  private static final Endpoint THIRD = Endpoint.of("203.0.113.9", 443);
  private static final Endpoint SIX = Endpoint.of("2001:db8::7", 443);
  private static final Endpoint SIX_TOO = Endpoint.of("2001:db8::8", 443);

  @RegisterExtension final Scene scene = Scene.owned(60);

  private final ScriptedResolver resolver = new ScriptedResolver();
  private final ConnectionPool<SimulatedConnection> pool =
      scene.pool(settings -> settings.resolver(resolver));

  private DestinationSnapshot shop() {
    return pool.snapshot().destinations().get(0);
  }

  private List<Endpoint> endpoints() {
    return shop().endpoints().stream().map(EndpointSnapshot::endpoint).toList();
  }

  /** So many connections at these endpoints, which are all that is known; all in use. */
  private List<Lease<SimulatedConnection>> begin(int count, Endpoint... endpoints) {
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      callers.add(scene.call(pool, SHOP, SECOND));
    }
    resolver.answer(endpoints);
    scene.passMillis(10);
    return callers.stream().map(Caller::lease).toList();
  }

  private void becomes(Endpoint... endpoints) {
    scene.pass(TTL);
    resolver.answer(endpoints);
    scene.passMillis(50);
  }

  private Map<Endpoint, Long> perEndpoint(List<Lease<SimulatedConnection>> leases) {
    return leases.stream()
        .collect(Collectors.groupingBy(lease -> lease.route().endpoint(), Collectors.counting()));
  }

  @Test
  void allAddressesOfANameAreUsed() {
    assertThat(perEndpoint(begin(60, ONE, OTHER, THIRD)))
        .containsOnlyKeys(ONE, OTHER, THIRD)
        .allSatisfy((endpoint, count) -> assertThat(count).isBetween(10L, 30L));
  }

  @Test
  void oneThatComesIsRampedUp() {
    begin(1, ONE, OTHER); // stays in use, or nobody would ask again
    becomes(ONE, OTHER, THIRD);
    assertThat(endpoints()).containsExactly(ONE, OTHER, THIRD);
    List<Lease<SimulatedConnection>> atFirst = scene.lease(pool, SHOP, 60);
    assertThat(perEndpoint(atFirst).getOrDefault(THIRD, 0L)).as("at first").isBetween(1L, 12L);
    atFirst.forEach(Lease::discard);
    scene.pass(Duration.ofSeconds(10));
    assertThat(perEndpoint(scene.lease(pool, SHOP, 60)).get(THIRD))
        .as("a third, after the slow start")
        .isBetween(15L, 25L);
  }

  @Test
  void idleConnectionsToOneThatLeavesAreClosed() {
    begin(20, ONE, OTHER).forEach(Lease::close);
    becomes(OTHER);
    assertThat(endpoints()).containsExactly(OTHER);
    assertThat(scene.connector.connections()).hasSize(shop().idle()).isNotEmpty();
  }

  @Test
  void whatLiesOnAShelfIsClosedToo() {
    Lease<SimulatedConnection> lease = begin(1, ONE).get(0);
    lease.close();
    scene.lease(pool, SHOP).close(); // from a list to the shelf of this thread
    becomes(OTHER);
    assertThat(endpoints()).containsExactly(OTHER);
    assertThat(scene.lease(pool, SHOP).route().endpoint()).isEqualTo(OTHER);
  }

  @Test
  void leasedConnectionsToOneThatLeavesAreClosedWhenTheyComeBack() {
    List<Lease<SimulatedConnection>> leases = begin(2, ONE);
    becomes(OTHER);
    assertThat(shop().endpoints())
        .containsExactly(
            new EndpointSnapshot(OTHER, 0, 0, 0, 0, 0, false, false),
            new EndpointSnapshot(ONE, 0, 2, 2, 0, 0, false, true));
    leases.get(0).close();
    scene.passMillis(50);
    assertThat(shop().endpoints().get(1).leased()).isEqualTo(1);
    leases.get(1).close();
    scene.passMillis(50);
    assertThat(endpoints()).as("the last connection is gone").containsExactly(OTHER);
    assertThat(shop().idle()).isZero();
  }

  @Test
  void oneThatLeavesGetsNoNewConnections() {
    begin(2, ONE);
    becomes(OTHER);
    assertThat(perEndpoint(scene.lease(pool, SHOP, 20))).containsOnlyKeys(OTHER);
  }

  @Test
  void aConnectToOneThatLeavesServesWhoWaits() {
    begin(1, ONE);
    scene.pass(TTL.minusMillis(100));
    scene.peer(ONE).slow(Duration.ofMillis(200));
    Caller waits = scene.call(pool, SHOP, SECOND);
    scene.passMillis(100);
    resolver.answer(OTHER);
    scene.passMillis(200);
    Lease<SimulatedConnection> lease = waits.lease();
    assertThat(lease.route().endpoint()).isEqualTo(ONE);
    lease.close();
    scene.passMillis(50);
    assertThat(shop().idle()).as("it is not kept").isZero();
  }

  @Test
  void aConnectToOneThatLeavesIsCancelledWhereNobodyWaits() {
    begin(1, ONE);
    scene.pass(TTL.minusMillis(100));
    scene.peer(ONE).blackhole();
    Caller hasty = scene.call(pool, SHOP, Duration.ofMillis(50));
    scene.passMillis(100);
    hasty.refusal(AcquireTimeoutException.class);
    assertThat(pool.snapshot().connecting()).isEqualTo(1);
    resolver.answer(OTHER);
    scene.passMillis(10);
    assertThat(pool.snapshot().connecting()).isZero();
    assertThat(shop().endpoints()).extracting(EndpointSnapshot::failures).containsOnly(0);
  }

  @Test
  void oneThatComesBackWhileItLeavesIsTakenAgain() {
    List<Lease<SimulatedConnection>> leases = begin(2, ONE);
    becomes(OTHER);
    becomes(ONE);
    assertThat(shop().endpoints())
        .containsExactly(new EndpointSnapshot(ONE, 0, 2, 2, 0, 0, false, false));
    assertThat(scene.lease(pool, SHOP).route().endpoint()).isEqualTo(ONE);
    leases.forEach(Lease::close);
    scene.passMillis(50);
    assertThat(endpoints()).containsExactly(ONE);
  }

  @Test
  void oneThatComesBackAfterItWasForgottenBeginsAnew() {
    begin(1, ONE).get(0).close();
    becomes(OTHER);
    scene.lease(pool, SHOP).close();
    becomes(ONE);
    Lease<SimulatedConnection> lease = scene.lease(pool, SHOP);
    assertThat(lease.route().endpoint()).isEqualTo(ONE);
    lease.close();
    assertThat(shop().endpoints())
        .containsExactly(new EndpointSnapshot(ONE, 1, 0, 0, 0, 0, false, false));
  }

  @Test
  void whoWaitsForAPortGetsOneAtTheNewEndpoint() {
    begin(60, ONE);
    Caller waits = scene.call(pool, SHOP, Duration.ofSeconds(60));
    scene.passMillis(10);
    assertThat(waits.isWaiting()).as("all ports are in use").isTrue();
    becomes(ONE, OTHER);
    assertThat(waits.lease().route().endpoint()).isEqualTo(OTHER);
  }

  @Test
  void idleConnectionsToANewEndpointAreGivenUpForOthers() {
    begin(1, ONE);
    becomes(OTHER);
    scene.lease(pool, SHOP, 60).forEach(Lease::close);
    Caller other = scene.call(pool, Destination.of("other", OTHER), SECOND);
    scene.passMillis(100);
    assertThat(other.lease().route().endpoint()).isEqualTo(OTHER);
  }

  @Test
  void anIncompleteAnswerKeepsWhatItDoesNotSpeakOf() {
    Caller caller = scene.call(pool, SHOP, SECOND);
    resolver.answer(ONE, SIX, SIX_TOO);
    assertThat(endpoints()).containsExactly(SIX, ONE, SIX_TOO);
    scene.passMillis(300);
    caller.lease();
    scene.pass(TTL);
    resolver.answerInPart(OTHER);
    assertThat(endpoints().subList(0, 3)).containsExactly(SIX, OTHER, SIX_TOO);
  }

  @Test
  void familiesTakeTurnsAndIpv6IsFirst() {
    assertThat(Resolving.interleaved(List.of(ONE, OTHER, THIRD, SIX)))
        .containsExactly(SIX, ONE, OTHER, THIRD);
    assertThat(Resolving.interleaved(List.of(ONE, SIX, SIX_TOO)))
        .containsExactly(SIX, ONE, SIX_TOO);
    assertThat(Resolving.interleaved(List.of(ONE, OTHER))).containsExactly(ONE, OTHER);
  }
}
