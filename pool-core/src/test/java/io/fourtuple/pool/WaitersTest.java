package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.time.Scheduler.Cancellable;
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
      assertThat(waiting.subList(0, served)).allMatch(Caller::isServed);
      assertThat(waiting.subList(served, 5)).allMatch(Caller::isWaiting);
      waiting.get(served - 2).lease().close();
    }
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

  @Test
  void aHostThatCanConnectNoMoreTellsEverybodyWhoWaits() {
    Exhaustible host = new Exhaustible();
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(host, settings -> settings.maxConnectingPerRoute(1));
    scene.peer(ONE).slow(Duration.ofMillis(100));
    Caller first = scene.call(pool, TO_ONE, SECOND);
    List<Caller> others = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      others.add(scene.call(pool, TO_ONE, SECOND));
    }
    host.isExhausted = true;
    scene.passMillis(101);
    assertThat(first.isServed()).isTrue();
    others.forEach(
        caller ->
            assertThat(caller.refusal(ConnectFailedException.class))
                .hasRootCauseMessage("Too many open files"));
    assertThat(pool.snapshot().destinations().get(0).endpoints().get(0).failures())
        .as("failures of the endpoint")
        .isZero();
  }

  /** Fails inside connect, as where there are no file descriptors left. */
  private final class Exhaustible extends ForwardingConnector<SimulatedConnection> {
    boolean isExhausted;

    Exhaustible() {
      super(scene.connector);
    }

    @Override
    public Cancellable connect(
        ConnectRequest request, ConnectionEvents<SimulatedConnection> events) {
      if (!isExhausted) {
        return super.connect(request, events);
      }
      request.reservation().settle(Ending.ABANDONED);
      events.failed(
          new ConnectFailure(ConnectFailure.Kind.HOST, new IOException("Too many open files")));
      return () -> {};
    }
  }

  @Test
  void anEndpointThatComesBackServesThoseWhoWaitForAPortToAnother() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.failuresUntilDown(1));
    scene.peer(ONE).stop();
    while (pool.snapshot().destinations().stream()
        .noneMatch(destination -> destination.endpoints().get(0).isDown())) {
      scene.lease(pool, TO_BOTH).discard();
      scene.passMillis(20);
    }
    scene.lease(pool, TO_BOTH, 2);
    Caller caller = scene.call(pool, TO_BOTH, MINUTES);
    scene.peer(ONE).start();
    scene.pass(Duration.ofSeconds(2));
    assertThat(caller.lease().route().endpoint()).isEqualTo(ONE);
  }
}
