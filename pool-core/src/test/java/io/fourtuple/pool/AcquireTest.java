package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.pool.Threads.Running;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.SimulatedConnection;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of acquire: immediate, with a callback, with a future, blocking. */
class AcquireTest {
  @RegisterExtension final Scene scene = Scene.owned(1);

  // ---- immediate

  @Test
  void tryAcquireGivesAnIdleConnection() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    SimulatedConnection connection = connectionReturned(pool);
    Lease<SimulatedConnection> lease = pool.tryAcquire(TO_ONE);
    assertThat(lease).isNotNull();
    assertThat(lease.connection()).isSameAs(connection);
    assertThat(pool.snapshot().counters().reused()).isEqualTo(1);
  }

  @Test
  void tryAcquireOpensNothing() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(scene.connector.attempts()).isZero();
    assertThat(pool.snapshot().destinations()).isEmpty();
  }

  // ---- callback

  @Test
  void aCallbackGetsAConnectionAtHandInsideTheCall() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    connectionReturned(pool);
    assertThat(scene.call(pool, TO_ONE, SECOND).isServed()).isTrue();
  }

  @Test
  void aCallbackGetsANewConnectionWhenItIsThere() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(1);
    assertThat(caller.lease().connection().isOpen()).isTrue();
    assertThat(caller.lease().route()).isEqualTo(scene.route(0, Scene.ONE));
  }

  @Test
  void aCallbackThatIsTakenBackHearsNothing() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    caller.giveUp();
    caller.giveUp();
    scene.pass(SECOND);
    assertThat(caller.timesTold()).isZero();
    assertThat(pool.snapshot().waiting()).isZero();
  }

  @Test
  void takingBackACallbackThatWasServedDoesNothing() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(1);
    caller.giveUp();
    assertThat(caller.lease().connection().isOpen()).isTrue();
    assertThat(pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void aCallbackThatThrowsDoesNoHarmToOthers() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    List<Lease<SimulatedConnection>> kept = new ArrayList<>();
    pool.acquire(TO_ONE, SECOND, new Throwing(kept));
    Caller next = scene.call(pool, TO_ONE, SECOND);
    held.close();
    kept.get(0).close();
    assertThat(next.isServed()).isTrue();
    pool.acquire(TO_ONE, Duration.ofMillis(10), new Throwing(kept));
    Caller last = scene.call(pool, TO_ONE, Duration.ofMillis(10));
    scene.passMillis(10);
    last.refusal(PortsExhaustedException.class);
  }

  private record Throwing(List<Lease<SimulatedConnection>> kept)
      implements AcquireCallback<SimulatedConnection> {
    @Override
    public void acquired(Lease<SimulatedConnection> lease) {
      kept.add(lease);
      throw new IllegalStateException("a callback's own fault; expected in the log");
    }

    @Override
    public void failed(IOException why) {
      throw new IllegalStateException("a callback's own fault; expected in the log");
    }
  }

  // ---- future

  @Test
  void aFutureCompletesWithALease() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    CompletableFuture<Lease<SimulatedConnection>> future = pool.acquireAsync(TO_ONE, SECOND);
    scene.passMillis(1);
    assertThat(future).isCompleted();
    assertThat(pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void aFutureCompletesWithWhatTheBlockingFormThrows() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.peer(Scene.ONE).blackhole();
    CompletableFuture<Lease<SimulatedConnection>> future = pool.acquireAsync(TO_ONE, SECOND);
    scene.pass(SECOND);
    assertThat(future)
        .isCompletedExceptionally()
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withCauseInstanceOf(AcquireTimeoutException.class);
  }

  @Test
  void aFutureThatIsCancelledBeforeDeliveryLeavesTheQueue() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    CompletableFuture<Lease<SimulatedConnection>> future = pool.acquireAsync(TO_ONE, SECOND);
    assertThat(future.cancel(true)).isTrue();
    assertThat(pool.snapshot().waiting()).isZero();
    scene.passMillis(1);
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    assertThat(pool.snapshot().counters().acquired()).isZero();
  }

  @Test
  void aFutureThatIsCancelledDuringDeliveryGivesItsLeaseBack() {
    List<CompletableFuture<?>> toCancel = new ArrayList<>();
    PoolListener cancels =
        new PoolListener() {
          @Override
          public void acquired(Destination destination, Duration waited) {
            toCancel.forEach(future -> future.cancel(false));
          }
        };
    ConnectionPool<SimulatedConnection> pool = scene.pool(settings -> settings.listener(cancels));
    CompletableFuture<Lease<SimulatedConnection>> future = pool.acquireAsync(TO_ONE, SECOND);
    toCancel.add(future);
    scene.passMillis(1);
    assertThat(future).isCancelled();
    assertThat(pool.snapshot().leased()).isZero();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  @Test
  void cancellingAFutureAfterDeliveryLeavesTheLeaseAlone() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    CompletableFuture<Lease<SimulatedConnection>> future = pool.acquireAsync(TO_ONE, SECOND);
    scene.passMillis(1);
    assertThat(future.cancel(true)).isFalse();
    assertThat(future.join().connection().isOpen()).isTrue();
    assertThat(pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void aFutureThatSomebodyElseCompletesGivesItsLeaseBack() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    CompletableFuture<Lease<SimulatedConnection>> future = pool.acquireAsync(TO_ONE, SECOND);
    future.completeExceptionally(new IllegalStateException("as orTimeout does"));
    scene.passMillis(1);
    assertThat(pool.snapshot().leased()).isZero();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  // ---- blocking

  @Test
  void theBlockingFormGivesAConnection() throws Exception {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    SimulatedConnection connection = connectionReturned(pool);
    try (Lease<SimulatedConnection> lease = pool.acquire(TO_ONE, SECOND)) {
      assertThat(lease.connection()).isSameAs(connection);
    }
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  @Test
  void theBlockingFormWaitsOnAFutureAndHoldsNoMonitor() throws Exception {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Running<Lease<SimulatedConnection>> blocked = Threads.start(() -> pool.acquire(TO_ONE, SECOND));
    blocked.awaitParked();
    assertThat(LockSupport.getBlocker(blocked.thread()).getClass().getName())
        .contains(CompletableFuture.class.getSimpleName());
    assertThat(blocked.thread().getState()).isNotEqualTo(Thread.State.BLOCKED);
    held.close();
    assertThat(blocked.result().get(30, TimeUnit.SECONDS).connection().isOpen()).isTrue();
  }

  @Test
  void theBlockingFormThrowsWhatACallbackIsTold() {
    ConnectionPool<SimulatedConnection> pool = scene.pool(settings -> settings.maxWaiters(0));
    assertThatThrownBy(() -> pool.acquire(TO_ONE, SECOND))
        .isInstanceOf(TooManyWaitersException.class);
  }

  @Test
  void anInterruptedCallerLeavesTheQueue() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    Running<Lease<SimulatedConnection>> blocked = Threads.start(() -> pool.acquire(TO_ONE, SECOND));
    blocked.awaitParked();
    blocked.thread().interrupt();
    assertThat(blocked.result())
        .failsWithin(Duration.ofSeconds(30))
        .withThrowableThat()
        .withCauseInstanceOf(InterruptedException.class);
    assertThat(pool.snapshot().waiting()).isZero();
    held.close();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  @Test
  void aCallerThatIsInterruptedBeforehandGivesBackWhatItGot() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    connectionReturned(pool);
    Running<Boolean> caller =
        Threads.start(
            () -> {
              Thread.currentThread().interrupt();
              try (Lease<SimulatedConnection> lease = pool.acquire(TO_ONE, SECOND)) {
                return lease.connection().isOpen();
              } catch (InterruptedException e) {
                return false;
              }
            });
    assertThat(caller.result()).succeedsWithin(Duration.ofSeconds(30));
    assertThat(pool.snapshot().leased()).isZero();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  @Test
  void theBlockingFormIsRefusedOnAnEventLoop() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(
            new ForwardingConnector<>(scene.connector) {
              @Override
              public boolean isEventLoop() {
                return true;
              }
            },
            settings -> settings);
    assertThatThrownBy(() -> pool.acquire(TO_ONE, SECOND))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a blocking acquire on an event loop would wait for itself; use acquireAsync");
    assertThat(pool.snapshot().destinations()).isEmpty();
  }

  @Test
  void virtualThreadsMayBlock() throws Exception {
    Method startVirtualThread =
        Stream.of(Thread.class.getMethods())
            .filter(method -> method.getName().equals("startVirtualThread"))
            .findAny()
            .orElse(null);
    assumeTrue(startVirtualThread != null, "virtual threads come with JDK 21");
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    CompletableFuture<Lease<SimulatedConnection>> result = new CompletableFuture<>();
    Runnable task = () -> Threads.complete(result, () -> pool.acquire(TO_ONE, SECOND));
    Thread thread = (Thread) startVirtualThread.invoke(null, task);
    new Running<>(thread, result).awaitParked();
    held.close();
    assertThat(result.get(30, TimeUnit.SECONDS).connection().isOpen()).isTrue();
  }

  // ---- no time at all

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE / 1_000_000_000})
  void whoCannotWaitGetsAnIdleConnection(long seconds) {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    connectionReturned(pool);
    assertThat(scene.call(pool, TO_ONE, Duration.ofSeconds(seconds)).isServed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE / 1_000_000_000})
  void whoCannotWaitIsRefusedWhereNoneIsIdle(long seconds) {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Caller caller = scene.call(pool, TO_ONE, Duration.ofSeconds(seconds));
    scene.host.time().runUntilIdle();
    assertThat(caller.refusal(AcquireTimeoutException.class).waited()).isZero();
  }

  @Test
  void theLongestTimeoutIsNoTrouble() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Caller caller = scene.call(pool, TO_ONE, Duration.ofSeconds(Long.MAX_VALUE));
    scene.passMillis(1);
    assertThat(caller.isServed()).isTrue();
  }

  private SimulatedConnection connectionReturned(ConnectionPool<SimulatedConnection> pool) {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    lease.close();
    return connection;
  }
}
