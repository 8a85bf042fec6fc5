package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.SimulatedConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of acquire that do not block: immediate, with a callback, with a future. */
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
    scene.passMillis(100); // the lease that was not taken is discarded, and its port freed
    assertThat(kept.get(0).toString()).endsWith("closed");
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
