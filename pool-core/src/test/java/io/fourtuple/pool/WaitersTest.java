package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.SimulatedConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who waits, in which order, for what, and for how long. */
class WaitersTest {
  @RegisterExtension final Scene scene = Scene.owned(2);

  @Test
  void firstComeFirstServed() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 2);
    List<Caller> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(scene.call(pool, TO_ONE, MINUTES));
    }
    held.get(0).close();
    held.get(1).close();
    for (int served = 2; served <= 5; served++) {
      assertThat(waiting.stream().map(Caller::isServed).toList())
          .isEqualTo(java.util.stream.IntStream.range(0, 5).mapToObj(firstOnes(served)).toList());
      waiting.get(served - 2).lease().close();
    }
  }

  private static java.util.function.IntFunction<Boolean> firstOnes(int count) {
    return i -> i < count;
  }

  @Test
  void nobodyPassesAWaiter() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 2);
    Caller first = scene.call(pool, TO_ONE, SECOND);
    Caller second = scene.call(pool, TO_ONE, SECOND);
    held.get(0).close();
    assertThat(first.isServed()).isTrue();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    Caller late = scene.call(pool, TO_ONE, SECOND);
    held.get(1).close();
    assertThat(second.isServed()).isTrue();
    assertThat(late.isWaiting()).isTrue();
  }

  @Test
  void noMoreCallersWaitThanMay() {
    ConnectionPool<SimulatedConnection> pool = scene.pool(settings -> settings.maxWaiters(2));
    scene.lease(pool, TO_ONE, 2);
    Caller first = scene.call(pool, TO_ONE, MINUTES);
    scene.call(pool, TO_ONE, MINUTES);
    TooManyWaitersException refusal =
        scene.call(pool, TO_ONE, MINUTES).refusal(TooManyWaitersException.class);
    assertThat(refusal.maxWaiters()).isEqualTo(2);
    first.giveUp();
    assertThat(scene.call(pool, TO_ONE, MINUTES).isWaiting()).isTrue();
  }

  @Test
  void whereNobodyMayWaitIdleConnectionsAreGivenAllTheSame() {
    ConnectionPool<SimulatedConnection> other = scene.pool(settings -> settings.maxWaiters(0));
    scene.call(other, TO_ONE, MINUTES).refusal(TooManyWaitersException.class);
    assertThat(scene.connector.attempts()).isZero();
  }

  @Test
  void aReturnedConnectionServesACallerWhoseConnectIsUnderWay() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    scene.peer(ONE).slow(Duration.ofMillis(100));
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    SimulatedConnection returned = held.connection();
    held.close();
    assertThat(caller.lease().connection()).isSameAs(returned);
  }

  @Test
  void aConnectServesACallerBeforeAnythingIsReturned() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(caller.lease().connection()).isNotSameAs(held.connection());
  }

  @Test
  void aConnectWhoseCallerWasServedGoesToTheNextWaiter() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    scene.peer(ONE).slow(Duration.ofMillis(100));
    scene.call(pool, TO_ONE, SECOND);
    held.close();
    Caller next = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(99);
    assertThat(next.isWaiting()).isTrue();
    scene.passMillis(10);
    assertThat(next.isServed()).isTrue();
    assertThat(scene.connector.attempts()).as("connects").isEqualTo(2);
  }

  @Test
  void aConnectThatNobodyWantsAnyMoreIdles() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    held.close();
    assertThat(caller.isServed()).isTrue();
    scene.passMillis(10);
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    assertThat(pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void whoGaveUpWaitingForAPortOpensNoConnection() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 2);
    scene.call(pool, TO_ONE, MINUTES).giveUp();
    assertThat(scene.census().waiting()).as("demands for a port").isZero();
    held.forEach(Lease::discard);
    scene.pass(SECOND);
    assertThat(scene.connector.attempts()).isEqualTo(2);
  }

  @Test
  void whoGaveUpBeforeItsTurnOpensNoConnection() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxConnectingPerRoute(1));
    scene.call(pool, TO_ONE, SECOND);
    scene.call(pool, TO_ONE, SECOND).giveUp();
    scene.pass(SECOND);
    assertThat(scene.connector.attempts()).isEqualTo(1);
  }

  @Test
  void noMoreConnectsAreInProgressThanMay() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxConnectingPerRoute(1));
    Caller first = scene.call(pool, TO_ONE, SECOND);
    Caller second = scene.call(pool, TO_ONE, SECOND);
    assertThat(pool.snapshot().connecting()).isEqualTo(1);
    scene.passMillis(1);
    assertThat(first.isServed()).isTrue();
    assertThat(pool.snapshot().connecting()).isEqualTo(1);
    scene.passMillis(1);
    assertThat(second.isServed()).isTrue();
  }

  @Test
  void whoWaitsForAConnectIsRefusedAtItsDeadline() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(ONE).blackhole();
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(999);
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(1);
    assertThat(caller.refusal(AcquireTimeoutException.class).waited()).isEqualTo(SECOND);
  }

  @Test
  void whoWaitsForAPortIsToldSoAtItsDeadline() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.lease(pool, TO_ONE, 2);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    PortsExhaustedException refusal = caller.refusal(PortsExhaustedException.class);
    assertThat(refusal.waited()).isEqualTo(SECOND);
    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(refusal.routes()).singleElement().extracting("established").isEqualTo(2);
  }

  @Test
  void aLateDeadlineDoesNotHoldUpAnEarlyOne() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 2);
    Caller patient = scene.call(pool, TO_ONE, MINUTES);
    Caller hasty = scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    hasty.refusal(PortsExhaustedException.class);
    held.get(0).close();
    assertThat(patient.isServed()).isTrue();
  }

  @Test
  void aLongQueueOfCallersThatReturnAtOnceIsServedInOneGo() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> held = scene.lease(pool, TO_ONE, 2);
    int[] served = new int[1];
    AcquireCallback<SimulatedConnection> brief =
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<SimulatedConnection> lease) {
            served[0]++;
            lease.close();
          }

          @Override
          public void failed(IOException why) {
            throw new AssertionError(why);
          }
        };
    for (int i = 0; i < 10_000; i++) {
      pool.acquire(TO_ONE, SECOND, brief);
    }
    held.get(0).close();
    scene.host.time().runUntilIdle();
    assertThat(served[0]).isEqualTo(10_000);
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }
}
