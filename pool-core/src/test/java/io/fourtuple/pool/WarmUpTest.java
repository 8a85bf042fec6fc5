package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortSelection;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections are kept idle ahead of callers, at a pace, and at nobody's cost. */
class WarmUpTest {
  /** What was given up for others is not replaced for so long. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** High mark is 18, so that warm-up may use 17. */
  @RegisterExtension final Scene scene = Scene.ownedBySources(20, 1);

  private ConnectionPool<SimulatedConnection> pool(int minIdle) {
    return pool(minIdle, settings -> settings);
  }

  private ConnectionPool<SimulatedConnection> pool(
      int minIdle, UnaryOperator<ConnectionPoolBuilder<SimulatedConnection>> settings) {
    return scene.pool(builder -> settings.apply(builder.minIdlePerDestination(minIdle)));
  }

  private static DestinationSnapshot reached(CompletableFuture<DestinationSnapshot> warm) {
    assertThat(warm).isCompleted();
    return warm.join();
  }

  // ---- how many, and how fast

  @Test
  void aDestinationIsWarmBeforeAnybodyUsesIt() {
    ConnectionPool<SimulatedConnection> pool = pool(5);
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    assertThat(warm).isNotDone();
    scene.passMillis(100);
    assertThat(reached(warm).idle()).isEqualTo(5);
    assertThat(pool.snapshot().idle()).isEqualTo(5);
    assertThat(scene.connector.attempts()).isEqualTo(5);
  }

  @Test
  void connectsBeginAtThePace() {
    ConnectionPool<SimulatedConnection> pool = pool(5);
    keepWarm(pool, TO_ONE);
    for (long begun = 1; begun <= 5; begun++) {
      scene.passMillis(9);
      assertThat(scene.connector.attempts()).as("begun").isEqualTo(begun);
      scene.passMillis(1);
    }
    assertThat(scene.connector.attempts()).isEqualTo(5);
  }

  @Test
  void fewConnectsAreInProgressToASlowPeer() {
    slow(500, 10);
    ConnectionPool<SimulatedConnection> pool = pool(10);
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    for (int i = 0; i < 150; i++) {
      scene.passMillis(10);
      assertThat(pool.snapshot().connecting()).isLessThanOrEqualTo(4);
    }
    scene.pass(Duration.ofSeconds(2));
    assertThat(reached(warm).idle()).isEqualTo(10);
  }

  @Test
  void theFirstCallerMakesADestinationWarm() {
    ConnectionPool<SimulatedConnection> pool = pool(3);
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    scene.pass(SECOND);
    assertThat(pool.snapshot().idle()).isEqualTo(3);
    lease.close();
    scene.pass(SECOND);
    assertThat(pool.snapshot().idle()).as("none too many is closed").isEqualTo(4);
    assertThat(scene.connector.attempts()).isEqualTo(4);
  }

  @Test
  void endpointsAndSourcesAreUsedEvenly() {
    scene.connector.sources(
        scene.sources.get(0), scene.host.source("10.0.0.6", "20000-20019", selection()));
    ConnectionPool<SimulatedConnection> pool = pool(8);
    keepWarm(pool, TO_BOTH);
    scene.pass(SECOND);
    assertThat(pool.snapshot().destinations().get(0).endpoints())
        .allMatch(endpoint -> endpoint.idle() == 4);
    assertThat(scene.host.ledger().census())
        .hasSize(4)
        .extracting(PortCensus::established)
        .containsOnly(2);
  }

  @Test
  void withoutMinIdleNothingIsOpened() {
    ConnectionPool<SimulatedConnection> pool = pool(0);
    assertThat(reached(pool.warmUp(TO_ONE)).idle()).isZero();
    scene.pass(MINUTES);
    assertThat(scene.connector.attempts()).isZero();
    assertThat(pool.snapshot().destinations()).isEmpty();
  }

  // ---- callers and ports first

  @Test
  void callersComeFirst() {
    slow(100, 2);
    ConnectionPool<SimulatedConnection> pool =
        pool(5, settings -> settings.maxConnectingPerRoute(1));
    Caller first = scene.call(pool, TO_ONE, SECOND);
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    Caller second = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(101);
    assertThat(first.isServed()).isTrue();
    scene.passMillis(101);
    assertThat(second.isServed()).isTrue();
    assertThat(pool.snapshot().idle()).isZero();
    scene.pass(SECOND);
    assertThat(reached(warm).idle()).isEqualTo(5);
  }

  @Test
  void aCallerGetsTheConnectionThatWasOpenedAhead() {
    scene.peer(ONE).slow(Duration.ofMillis(100));
    ConnectionPool<SimulatedConnection> pool = pool(1);
    keepWarm(pool, TO_ONE);
    scene.passMillis(90);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(11);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void noCallerIsRefusedForAConnectThatWasMadeAhead() {
    scene.peer(ONE).blackhole().slow(Duration.ofMillis(500));
    ConnectionPool<SimulatedConnection> pool = pool(1);
    keepWarm(pool, TO_ONE);
    scene.passMillis(2_900);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(200);
    assertThat(pool.snapshot().counters().connectFailed()).as("timed out after 3 s").isEqualTo(1);
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(400);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void aRouteDoesNotBecomeScarceByIt() {
    ConnectionPool<SimulatedConnection> pool = pool(20);
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    scene.pass(SECOND);
    assertThat(reached(warm).idle()).isEqualTo(17);
    scene.pass(MINUTES);
    scene.pass(Duration.ofSeconds(5)); // those that idled long enough are replaced
    assertThat(pool.snapshot().idle()).isEqualTo(17);
  }

  @Test
  void whatIsGivenUpForOthersIsNotReplacedForAWhile() {
    ConnectionPool<SimulatedConnection> pool = pool(17);
    keepWarm(pool, TO_ONE);
    scene.pass(SECOND);
    ConnectionPool<SimulatedConnection> another = scene.anotherPool();
    List<Lease<SimulatedConnection>> others = scene.lease(another, TO_ONE, 3);
    Caller other = scene.call(another, TO_ONE, SECOND);
    scene.passMillis(100);
    assertThat(other.isServed()).as("an idle connection was given up for it").isTrue();
    other.lease().discard();
    others.forEach(Lease::discard);
    long before = scene.connector.attempts();
    scene.pass(PAUSE.minusSeconds(1));
    assertThat(pool.snapshot().idle()).isEqualTo(16);
    assertThat(scene.connector.attempts()).isEqualTo(before);
    scene.pass(Duration.ofSeconds(3));
    assertThat(pool.snapshot().idle()).isEqualTo(17);
  }

  @Test
  void nothingIsOpenedWhileOthersNeedThePorts() {
    ConnectionPool<SimulatedConnection> pool = pool(17);
    ConnectionPool<SimulatedConnection> another = scene.anotherPool();
    keepWarm(pool, TO_ONE);
    scene.pass(SECOND);
    for (int i = 0; i < 10; i++) {
      Caller caller = scene.call(another, TO_ONE, SECOND);
      scene.passMillis(50);
      assertThat(caller.isServed()).isTrue();
    }
    assertThat(another.snapshot().leased()).isEqualTo(10);
    long before = scene.connector.attempts();
    scene.pass(MINUTES);
    assertThat(pool.snapshot().idle()).as("below the high mark, with theirs").isBetween(1, 7);
    assertThat(scene.connector.attempts() - before)
        .as("those that had idled too long, each minute")
        .isLessThanOrEqualTo(10L * 10);
  }

  // ---- peers that fail

  @Test
  void anEndpointThatIsDownIsNotHammered() {
    ConnectionPool<SimulatedConnection> pool = pool(5);
    scene.peer(ONE).stop();
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    scene.pass(SECOND);
    assertThat(reached(warm).idle()).isZero();
    assertThat(reached(warm).endpoints().get(0).isDown()).isTrue();
    scene.pass(Duration.ofMinutes(1));
    assertThat(scene.connector.attempts()).isLessThan(15);
    scene.peer(ONE).start();
    scene.pass(Duration.ofMinutes(1));
    assertThat(pool.snapshot().idle()).isEqualTo(5);
  }

  @Test
  void anotherEndpointIsUsedInsteadOfOneThatFails() {
    ConnectionPool<SimulatedConnection> pool = pool(5);
    scene.peer(ONE).stop();
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_BOTH);
    scene.pass(SECOND);
    assertThat(reached(warm).idle()).isEqualTo(5);
  }

  @Test
  void refusedPortsAreAbsorbedAtThePace() {
    ConnectionPool<SimulatedConnection> pool = pool(2);
    scene.peer(ONE).addressInUse().addressInUse();
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    scene.passMillis(100);
    assertThat(reached(warm).idle()).isZero();
    assertThat(scene.connector.attempts()).isEqualTo(2);
    scene.pass(Duration.ofSeconds(3));
    assertThat(pool.snapshot().idle()).isEqualTo(2);
    assertThat(pool.snapshot().counters().absorbed()).isEqualTo(2);
  }

  @Test
  void whatDoesNotLastIsReplacedEverMoreSlowly() {
    ConnectionPool<SimulatedConnection> pool = pool(2);
    keepWarm(pool, TO_ONE);
    for (int i = 0; i < 300; i++) {
      scene.pass(SECOND);
      scene.connector.connections().forEach(SimulatedConnection::peerCloses);
    }
    assertThat(scene.connector.attempts()).isBetween(10L, 50L);
  }

  // ---- how long

  @Test
  void thoseThatHaveIdledTooLongAreReplaced() {
    ConnectionPool<SimulatedConnection> pool = pool(3);
    keepWarm(pool, TO_ONE);
    scene.pass(Duration.ofSeconds(70));
    assertThat(scene.connector.attempts()).isEqualTo(6);
    assertThat(pool.snapshot().idle()).isEqualTo(3);
  }

  @Test
  void thoseThatHaveLivedTooLongAreReplaced() {
    ConnectionPool<SimulatedConnection> pool =
        pool(
            3,
            settings ->
                settings.maxIdleTime(Duration.ofSeconds(120)).maxLifetime(Duration.ofSeconds(100)));
    keepWarm(pool, TO_ONE);
    scene.pass(Duration.ofSeconds(121));
    assertThat(scene.connector.attempts()).isEqualTo(6);
    assertThat(pool.snapshot().idle()).isEqualTo(3);
  }

  @Test
  void whatWasWarmedUpIsKeptUntilThePoolCloses() {
    ConnectionPool<SimulatedConnection> pool = pool(2);
    keepWarm(pool, TO_ONE);
    scene.pass(Duration.ofHours(2));
    assertThat(pool.snapshot().idle()).isEqualTo(2);
    CompletableFuture<Void> closed = pool.close(Duration.ZERO);
    scene.pass(SECOND);
    assertThat(closed).isDone();
    assertThat(scene.connector.connections()).isEmpty();
  }

  @Test
  void whatWasOnlyUsedIsForgotten() {
    ConnectionPool<SimulatedConnection> pool = pool(2);
    scene.lease(pool, TO_ONE).close();
    scene.pass(Duration.ofSeconds(50));
    assertThat(pool.snapshot().idle()).isEqualTo(2);
    scene.pass(Duration.ofMinutes(3));
    assertThat(pool.snapshot().destinations()).isEmpty();
  }

  @Test
  void whoAskedIsToldThatThePoolIsClosed() {
    scene.peer(ONE).blackhole();
    ConnectionPool<SimulatedConnection> pool = pool(2);
    CompletableFuture<DestinationSnapshot> warm = pool.warmUp(TO_ONE);
    scene.passMillis(10);
    assertThat(pool.close(Duration.ZERO)).isNotNull();
    scene.pass(SECOND);
    assertThatThrownBy(warm::join).hasCauseInstanceOf(PoolClosedException.class);
    assertThatThrownBy(() -> pool.warmUp(TO_ONE).join())
        .hasCauseInstanceOf(PoolClosedException.class);
  }

  private void keepWarm(ConnectionPool<SimulatedConnection> pool, Destination destination) {
    assertThat(pool.warmUp(destination)).isNotNull();
  }

  private void slow(int millis, int times) {
    for (int i = 0; i < times; i++) {
      scene.peer(ONE).slow(Duration.ofMillis(millis));
    }
  }

  private PortSelection selection() {
    return scene.sources.get(0).selection();
  }
}
