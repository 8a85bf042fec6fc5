package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who of those who wait on event loops gets a connection that belongs to one of them. */
class WaitersOnLoopsTest {
  private static final String LEFT = "left";
  private static final String RIGHT = "right";

  @RegisterExtension final Scene scene = Scene.owned(2);

  private Loops loops;
  private ConnectionPool<SimulatedConnection> pool;

  @BeforeEach
  void start() {
    loops = new Loops(scene.connector);
    pool = scene.pool(loops, settings -> settings);
  }

  private Caller callFrom(String loop) {
    loops.current = loop;
    return scene.call(pool, TO_ONE, MINUTES);
  }

  /** All connections there may be, both of one loop. */
  private List<Lease<SimulatedConnection>> leaseAll(String loop) {
    loops.ofNext = loop;
    return scene.lease(pool, TO_ONE, 2);
  }

  @Test
  void aReturnedConnectionStaysOnItsLoop() {
    List<Lease<SimulatedConnection>> held = leaseAll(RIGHT);
    Caller first = callFrom(LEFT);
    Caller second = callFrom(RIGHT);
    scene.passMillis(10);
    held.get(0).close();
    assertThat(second.isServed()).isTrue();
    held.get(1).close();
    assertThat(first.isServed()).as("nobody else is there").isTrue();
  }

  @Test
  void whoHasWaitedForLongIsNotPassedOver() {
    List<Lease<SimulatedConnection>> held = leaseAll(RIGHT);
    Caller first = callFrom(LEFT);
    scene.passMillis(11);
    Caller second = callFrom(RIGHT);
    held.get(0).close();
    assertThat(first.isServed()).isTrue();
    assertThat(second.isWaiting()).isTrue();
  }

  @Test
  void theFirstOfItsLoopIsNext() {
    List<Lease<SimulatedConnection>> held = leaseAll(RIGHT);
    Caller first = callFrom(LEFT);
    scene.passMillis(9);
    Caller second = callFrom(RIGHT);
    Caller third = callFrom(RIGHT);
    held.get(0).close();
    assertThat(second.isServed()).as("the first of its loop").isTrue();
    scene.passMillis(2);
    held.get(1).close();
    assertThat(first.isServed()).isTrue();
    assertThat(third.isWaiting()).isTrue();
  }

  @Test
  void noMoreThanSomeArePassedOverAtOnce() {
    List<Lease<SimulatedConnection>> held = leaseAll(RIGHT);
    List<Caller> before = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      before.add(callFrom(LEFT));
    }
    Caller last = callFrom(RIGHT);
    held.get(0).close();
    assertThat(before.get(0).isServed()).isTrue();
    held.get(1).close();
    assertThat(last.isServed()).as("now 63 are before it").isTrue();
  }

  @Test
  void whoIsOnNoLoopIsNotPassedOver() {
    List<Lease<SimulatedConnection>> held = leaseAll(RIGHT);
    loops.current = null;
    Caller first = scene.call(pool, TO_ONE, MINUTES);
    Caller second = callFrom(RIGHT);
    held.get(0).close();
    assertThat(first.isServed()).isTrue();
    assertThat(second.isWaiting()).isTrue();
  }

  /**
   * One whose connect hangs for a second, and another, of another loop, who comes later, after the
   * time that his connect takes.
   */
  private List<Caller> afterTheSecondConnect(long laterMillis, long connectMillis) {
    scene.peer(ONE).slow(SECOND).slow(Duration.ofMillis(connectMillis));
    Caller first = callFrom(LEFT);
    scene.passMillis(laterMillis);
    Caller second = callFrom(RIGHT);
    loops.ofNext = RIGHT;
    scene.passMillis(connectMillis + 5);
    loops.ofNext = LEFT;
    return List.of(first, second);
  }

  private void assertServedInTheEnd(List<Caller> callers) {
    scene.pass(SECOND);
    assertThat(callers).allMatch(Caller::isServed);
  }

  @Test
  void aNewConnectionGoesToACallerOfItsLoopWhileThatOfOthersIsDue() {
    List<Caller> callers = afterTheSecondConnect(90, 100);
    assertThat(callers.get(1).isServed()).isTrue();
    assertThat(callers.get(0).isWaiting()).as("for less than two connects").isTrue();
    assertServedInTheEnd(callers);
  }

  @Test
  void aNewConnectionGoesToWhoeverWaitsForOneThatDoesNotCome() {
    List<Caller> callers = afterTheSecondConnect(120, 100);
    assertThat(callers.get(0).isServed()).as("after more than two connects").isTrue();
    assertThat(callers.get(1).isWaiting()).isTrue();
    assertServedInTheEnd(callers);
  }

  @Test
  void slowConnectsPassNobodyOver() {
    List<Caller> callers = afterTheSecondConnect(60, 200);
    assertThat(callers.get(0).isServed()).as("after more than 250 ms").isTrue();
    assertThat(callers.get(1).isWaiting()).isTrue();
    assertServedInTheEnd(callers);
  }
}
