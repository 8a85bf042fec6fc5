package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.testkit.SimulatedConnection;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which endpoint of a destination is used, and what happens when one fails. */
class EndpointsTest {
  private static final Duration BACK_OFF = Duration.ofMillis(500);

  @RegisterExtension final Scene scene = Scene.owned(100);

  @Test
  void workIsSpreadOverEndpoints() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Map<Endpoint, Long> perEndpoint =
        scene.lease(pool, TO_BOTH, 100).stream()
            .collect(Collectors.groupingBy(l -> l.route().endpoint(), Collectors.counting()));
    assertThat(perEndpoint.get(ONE)).isBetween(40L, 60L);
    assertThat(perEndpoint.get(OTHER)).isEqualTo(100 - perEndpoint.get(ONE));
  }

  @Test
  void theEndpointWithLessOutstandingWorkGetsMore() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.slowStart(Duration.ZERO));
    scene.peer(ONE).stop();
    scene.lease(pool, TO_BOTH, 40);
    scene.peer(ONE).start();
    scene.pass(Duration.ofSeconds(40)); // the longest back-off is over
    scene.lease(pool, TO_BOTH, 2); // finds out that it is back
    long toOne =
        scene.lease(pool, TO_BOTH, 40).stream()
            .filter(lease -> lease.route().endpoint().equals(ONE))
            .count();
    assertThat(toOne).isGreaterThan(25);
  }

  @Test
  void idleConnectionsOfEveryEndpointAreUsedBeforeANewOneIsOpened() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.lease(pool, TO_BOTH, 10).forEach(Lease::close);
    scene.lease(pool, TO_BOTH, 10);
    assertThat(scene.connector.attempts()).isEqualTo(10);
  }

  @Test
  void anotherEndpointIsTriedAndTheCallerIsUnaware() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(ONE).stop();
    for (Lease<SimulatedConnection> lease : scene.lease(pool, TO_BOTH, 20)) {
      assertThat(lease.route().endpoint()).isEqualTo(OTHER);
    }
    PoolCounters counters = pool.snapshot().counters();
    assertThat(counters.connectFailed()).isPositive();
    assertThat(counters.refused()).isZero();
  }

  @Test
  void aCallerIsToldWhereEveryEndpointHasFailed() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(ONE).stop();
    scene.peer(OTHER).stop();
    Caller caller = scene.call(pool, TO_BOTH, SECOND);
    scene.passMillis(10);
    ConnectFailedException refusal = caller.refusal(ConnectFailedException.class);
    assertThat(refusal).hasCauseInstanceOf(ConnectException.class);
    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(pool.snapshot().counters().connectFailed()).isEqualTo(2);
  }

  @Test
  void aFailedHandshakeAndATimeoutCountAsFailures() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(ONE).failHandshake().blackhole();
    scene.call(pool, TO_ONE, MINUTES);
    scene.call(pool, TO_ONE, MINUTES);
    scene.pass(Duration.ofSeconds(3));
    assertThat(endpoint(pool).failures()).isEqualTo(2);
    assertThat(endpoint(pool).isDown()).isFalse();
  }

  @Test
  void aSuccessEndsTheRowOfFailures() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(ONE).refuse().refuse().accept();
    for (int i = 0; i < 3; i++) {
      scene.call(pool, TO_ONE, SECOND);
      scene.passMillis(10);
    }
    assertThat(endpoint(pool).failures()).isZero();
  }

  @Test
  void anEndpointThatFailsInARowIsLeftAlone() {
    ConnectionPool<SimulatedConnection> pool = poolWithEndpointDown();
    assertThat(endpoint(pool).isDown()).isTrue();
    Caller caller = scene.call(pool, TO_ONE, Duration.ofMillis(100));
    ConnectFailedException refusal = caller.refusal(ConnectFailedException.class);
    assertThat(refusal.retryAfter().orElseThrow())
        .isBetween(BACK_OFF.multipliedBy(7).dividedBy(10), BACK_OFF.multipliedBy(12).dividedBy(10));
    assertThat(refusal).hasMessageContaining("every endpoint is down, next attempt in 0.");
    assertThat(scene.connector.attempts()).as("connects").isEqualTo(3);
  }

  @Test
  void whoCannotWaitAtAllIsToldTheSame() {
    ConnectionPool<SimulatedConnection> pool = poolWithEndpointDown();
    Caller caller = scene.call(pool, TO_ONE, Duration.ZERO);
    scene.host.time().runUntilIdle();
    assertThat(caller.refusal(ConnectFailedException.class).retryAfter()).isPresent();
  }

  @Test
  void whoCanWaitIsServedAfterThePeerHasRestarted() {
    ConnectionPool<SimulatedConnection> pool = poolWithEndpointDown();
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      callers.add(scene.call(pool, TO_ONE, Duration.ofSeconds(2)));
    }
    scene.peer(ONE).start();
    scene.passMillis(700);
    assertThat(callers).allMatch(Caller::isServed);
    assertThat(endpoint(pool).isDown()).isFalse();
  }

  @Test
  void oneConnectAtATimeFindsOutWhetherAnEndpointIsBack() {
    ConnectionPool<SimulatedConnection> pool = poolWithEndpointDown();
    scene.peer(ONE).start();
    scene.peer(ONE).slow(Duration.ofMillis(500));
    for (int i = 0; i < 5; i++) {
      scene.call(pool, TO_ONE, Duration.ofSeconds(10));
    }
    scene.passMillis(700);
    scene.call(pool, TO_ONE, Duration.ofSeconds(10));
    assertThat(scene.connector.attempts()).as("connects").isEqualTo(4);
    assertThat(pool.snapshot().connecting()).isEqualTo(1);
    scene.passMillis(500);
    assertThat(pool.snapshot().leased()).isEqualTo(6);
  }

  @Test
  void aProbeThatFailsLeavesTheOthersWaiting() {
    ConnectionPool<SimulatedConnection> pool = poolWithEndpointDown();
    Caller first = scene.call(pool, TO_ONE, Duration.ofSeconds(10));
    Caller second = scene.call(pool, TO_ONE, Duration.ofSeconds(10));
    scene.passMillis(700);
    first.refusal(ConnectFailedException.class);
    assertThat(second.isWaiting()).isTrue();
    scene.peer(ONE).start();
    scene.pass(Duration.ofSeconds(2));
    assertThat(second.isServed()).isTrue();
  }

  @Test
  void anEndpointRecoversWithoutAnyCallerNoticing() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(ONE).stop();
    scene.lease(pool, TO_BOTH, 20).forEach(Lease::discard);
    scene.peer(ONE).start();
    scene.pass(Duration.ofSeconds(40));
    scene.lease(pool, TO_BOTH, 20);
    assertThat(pool.snapshot().destinations().get(0).endpoints())
        .allMatch(endpoint -> endpoint.leased() > 0 && !endpoint.isDown());
    assertThat(pool.snapshot().counters().refused()).isZero();
  }

  @Test
  void idleConnectionsToAnEndpointThatIsDownAreUsedAllTheSame() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> kept = scene.lease(pool, TO_ONE);
    scene.peer(ONE).stop();
    for (int i = 0; i < 3; i++) {
      scene.call(pool, TO_ONE, SECOND);
      scene.passMillis(10);
    }
    Caller waits = scene.call(pool, TO_ONE, SECOND);
    kept.close();
    assertThat(waits.isServed()).isTrue();
  }

  private ConnectionPool<SimulatedConnection> poolWithEndpointDown() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.failuresUntilDown(3).backOff(BACK_OFF, MINUTES));
    scene.peer(ONE).stop();
    for (int i = 0; i < 3; i++) {
      Caller caller = scene.call(pool, TO_ONE, SECOND);
      scene.passMillis(10);
      caller.refusal(ConnectFailedException.class);
    }
    return pool;
  }

  private static EndpointSnapshot endpoint(ConnectionPool<SimulatedConnection> pool) {
    return pool.snapshot().destinations().get(0).endpoints().get(0);
  }

  @Test
  void anEndpointThatMayBeTriedAgainAndHasNoPortIsNotAskedOverAndOver() {
    Scene small = Scene.owned(1);
    ConnectionPool<SimulatedConnection> pool = small.pool(it -> it.failuresUntilDown(1));
    small.peer(ONE).refuse();
    small.peer(OTHER).refuse();
    Caller first = small.call(pool, TO_BOTH, SECOND);
    small.passMillis(20);
    assertThat(first.isWaiting()).isFalse();
    List<Lease<SimulatedConnection>> allPorts =
        List.of(
            small.lease(pool, Destination.of("one", ONE)),
            small.lease(pool, Destination.of("other", OTHER)));

    Caller waits = small.call(pool, TO_BOTH, SECOND.multipliedBy(5));
    small.pass(SECOND); // both back-offs end, not at the same moment

    assertThat(waits.isWaiting()).isTrue();
    allPorts.forEach(Lease::discard);
    small.pass(SECOND);
    assertThat(waits.lease()).isNotNull();
  }
}
