package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Destinations and pools that share a route with one port do not starve each other. */
class FairnessTest {
  /** A connection in use goes to others if they wait this much longer. */
  private static final Duration PATIENCE = Duration.ofMillis(50);

  /** A port rests so long after a reset, and a connect takes a moment. */
  private static final Duration CHANGE_OF_HANDS = Duration.ofMillis(20);

  @RegisterExtension final Scene scene = Scene.owned(1);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  @Test
  void anIdleConnectionIsGivenUpForAnotherDestination() {
    scene.lease(pool, TO_ONE).close();
    Caller other = scene.call(pool, TO_ONE_AGAIN, SECOND);
    scene.pass(CHANGE_OF_HANDS);
    assertThat(other.isServed()).isTrue();
    assertThat(pool.snapshot().idle()).isZero();
  }

  @Test
  void anIdleConnectionIsGivenUpForAnotherPool() {
    ConnectionPool<SimulatedConnection> another = scene.anotherPool();
    scene.lease(pool, TO_ONE).close();
    Caller other = scene.call(another, TO_ONE, SECOND);
    scene.pass(CHANGE_OF_HANDS);
    assertThat(other.isServed()).isTrue();
  }

  @Test
  void aConnectionThatComesBackIdleIsGivenUpForWhoWaits() {
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Caller other = scene.call(pool, TO_ONE_AGAIN, SECOND);
    scene.passMillis(5);
    held.close();
    scene.pass(CHANGE_OF_HANDS);
    assertThat(other.isServed()).isTrue();
  }

  @Test
  void aConnectionThatIsWantedHereStaysUntilOthersHaveWaitedLonger() {
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Caller here = scene.call(pool, TO_ONE, SECOND);
    Caller elsewhere = scene.call(pool, TO_ONE_AGAIN, SECOND);
    held.close();
    assertThat(here.isServed()).isTrue();
    Caller hereAgain = scene.call(pool, TO_ONE, SECOND);
    here.lease().close();
    assertThat(hereAgain.isServed()).as("others are not ahead by the patience").isTrue();
    scene.pass(PATIENCE.plusMillis(1));
    Caller hereLate = scene.call(pool, TO_ONE, SECOND);
    hereAgain.lease().close();
    assertThat(hereLate.isWaiting()).isTrue();
    scene.pass(CHANGE_OF_HANDS);
    assertThat(elsewhere.isServed()).isTrue();
    elsewhere.lease().close();
    scene.pass(CHANGE_OF_HANDS);
    assertThat(hereLate.isServed()).isTrue();
  }

  @Test
  void aFreePortGoesToWhoWaitsLongestInAnyPool() {
    ConnectionPool<SimulatedConnection> another = scene.anotherPool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Caller first = scene.call(another, TO_ONE, SECOND);
    scene.passMillis(1);
    Caller second = scene.call(pool, TO_ONE_AGAIN, SECOND);
    held.discard();
    scene.pass(CHANGE_OF_HANDS);
    assertThat(first.isServed()).isTrue();
    assertThat(second.isWaiting()).isTrue();
  }

  @Test
  void twoDestinationsShareOnePortFairly() {
    assertShare(new Party(pool, TO_ONE), new Party(pool, TO_ONE_AGAIN));
  }

  @Test
  void twoPoolsShareOnePortFairly() {
    assertShare(new Party(pool, TO_ONE), new Party(scene.anotherPool(), TO_ONE));
  }

  /** Both always have callers that wait, and use a connection for 10 ms. */
  private void assertShare(Party one, Party other) {
    for (int round = 0; round < 2_000; round++) {
      one.work();
      other.work();
      scene.passMillis(10);
    }
    int all = one.served + other.served;
    assertThat(all).as("callers served in 20 s").isGreaterThan(500);
    assertThat(one.served).isBetween(all * 2 / 5, all * 3 / 5);
    assertThat(Math.max(one.longestDrought, other.longestDrought))
        .as("rounds of 10 ms without anybody served")
        .isLessThan(40);
    one.giveUp();
    other.giveUp();
  }

  private final class Party {
    private final ConnectionPool<SimulatedConnection> from;
    private final Destination to;
    private final Deque<Caller> queue = new ArrayDeque<>();
    private int served;
    private int drought;
    private int longestDrought;

    Party(ConnectionPool<SimulatedConnection> from, Destination to) {
      this.from = from;
      this.to = to;
    }

    void work() {
      while (queue.size() < 3) {
        queue.add(scene.call(from, to, MINUTES));
      }
      if (queue.element().isServed()) {
        served++;
        drought = 0;
        queue.remove().lease().close();
      } else {
        drought++;
        longestDrought = Math.max(longestDrought, drought);
      }
    }

    void giveUp() {
      for (Caller caller : queue) {
        if (caller.isServed()) {
          caller.lease().close();
        } else {
          caller.giveUp();
        }
      }
    }
  }
}
