package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An endpoint that is back gets its share of new connections by and by. */
class SlowStartTest {
  private static final Duration WINDOW = Duration.ofSeconds(10);

  @RegisterExtension final Scene scene = Scene.owned(400);

  @Test
  void anEndpointThatIsBackGetsATenthAtFirst() {
    ConnectionPool<SimulatedConnection> pool = poolWithOneBack(WINDOW);
    assertThat(toOneOf(pool, 50) + toOneOf(pool, 50)).isBetween(1, 15);
  }

  @Test
  void itsShareGrowsWithTime() {
    ConnectionPool<SimulatedConnection> pool = poolWithOneBack(WINDOW);
    scene.pass(Duration.ofSeconds(5));
    assertThat(toOneOf(pool, 45) + toOneOf(pool, 45)).as("half of the other's").isBetween(23, 37);
  }

  @Test
  void afterTheWindowItHasItsFullShare() {
    ConnectionPool<SimulatedConnection> pool = poolWithOneBack(WINDOW);
    scene.pass(WINDOW);
    assertThat(toOneOf(pool, 100)).isBetween(40, 60);
  }

  @Test
  void withoutSlowStartItHasItsFullShareAtOnce() {
    ConnectionPool<SimulatedConnection> pool = poolWithOneBack(Duration.ZERO);
    assertThat(toOneOf(pool, 100)).isBetween(40, 60);
  }

  @Test
  void nobodyWaitsForASlowStartWhereNoOtherEndpointHasAPort() {
    ConnectionPool<SimulatedConnection> pool = poolWithOneBack(WINDOW);
    for (int i = 0; i < 16; i++) {
      scene.lease(pool, TO_BOTH, 50);
    }
    assertThat(pool.snapshot().leased()).isEqualTo(800);
  }

  @Test
  void anOnlyEndpointServesEverybodyAtOnce() {
    ConnectionPool<SimulatedConnection> pool = scene.pool(settings -> settings.slowStart(WINDOW));
    fail(pool, TO_ONE);
    scene.peer(ONE).start();
    scene.pass(Duration.ofSeconds(1));
    scene.lease(pool, TO_ONE).close();
    scene.lease(pool, TO_ONE, 50);
    assertThat(pool.snapshot().leased()).isEqualTo(50);
  }

  /** Nothing is open, and the first endpoint has just been found to be back. */
  private ConnectionPool<SimulatedConnection> poolWithOneBack(Duration slowStart) {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(
            settings ->
                settings
                    .slowStart(slowStart)
                    .backOff(Duration.ofMillis(500), Duration.ofMillis(500)));
    fail(pool, TO_BOTH);
    scene.peer(ONE).start();
    scene.passMillis(700);
    while (isOneDown(pool)) {
      scene.lease(pool, TO_BOTH).discard();
    }
    return pool;
  }

  private void fail(ConnectionPool<SimulatedConnection> pool, Destination destination) {
    scene.peer(ONE).stop();
    do {
      Caller caller = scene.call(pool, destination, Duration.ofMillis(50));
      scene.passMillis(10);
      if (caller.isServed()) {
        caller.lease().discard();
      }
    } while (!isOneDown(pool));
  }

  private static boolean isOneDown(ConnectionPool<SimulatedConnection> pool) {
    return pool.snapshot().destinations().get(0).endpoints().get(0).isDown();
  }

  private int toOneOf(ConnectionPool<SimulatedConnection> pool, int count) {
    return (int)
        scene.lease(pool, TO_BOTH, count).stream()
            .filter(lease -> lease.route().endpoint().equals(ONE))
            .count();
  }
}
