package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.Endpoint;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How a pool ends, and how what is unused in it is forgotten. */
class PoolCloseTest {
  @RegisterExtension final Scene scene = Scene.owned(4);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  // ---- the end of a pool

  @Test
  void idleConnectionsAreClosedAtOnce() {
    scene.lease(pool, TO_ONE).close();
    assertThat(pool.close(SECOND)).isCompleted();
    assertThat(scene.connector.connections()).isEmpty();
  }

  @Test
  void connectionsInUseAreClosedWhenTheyComeBack() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    CompletableFuture<Void> closed = pool.close(SECOND);
    leases.get(0).close();
    assertThat(closed).isNotDone();
    assertThat(leases.get(1).connection().isOpen()).isTrue();
    leases.get(1).close();
    assertThat(closed).isCompleted();
    assertThat(pool.snapshot().idle()).isZero();
  }

  @Test
  void atTheDeadlineConnectionsInUseAreClosedAllTheSame() {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    CompletableFuture<Void> closed = pool.close(SECOND);
    scene.passMillis(999);
    assertThat(connection.isOpen()).isTrue();
    scene.passMillis(1);
    assertThat(connection.isOpen()).isFalse();
    assertThat(closed).isCompleted();
    lease.close();
    assertThat(pool.snapshot().leased()).isZero();
  }

  @Test
  void whereThereIsNoTimeToDrainAllAreClosedAtOnce() {
    SimulatedConnection connection = scene.lease(pool, TO_ONE).connection();
    assertThat(pool.close(Duration.ofSeconds(-1))).isCompleted();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void whoWaitsIsRefused() {
    scene.lease(pool, TO_ONE, 4);
    Caller forPort = scene.call(pool, TO_ONE, MINUTES);
    pool.close(SECOND).isDone();
    forPort.refusal(PoolClosedException.class);
    assertThat(scene.census().waiting()).as("demands for a port").isZero();
  }

  @Test
  void connectsInProgressAreCancelled() {
    scene.peer(ONE).blackhole();
    Caller caller = scene.call(pool, TO_ONE, MINUTES);
    CompletableFuture<Void> closed = pool.close(SECOND);
    caller.refusal(PoolClosedException.class);
    assertThat(closed).isCompleted();
    assertThat(pool.snapshot().connecting()).isZero();
    assertThat(scene.census().connecting()).isZero();
  }

  @Test
  void whoWaitsForAnEndpointToComeBackIsRefused() {
    scene.peer(ONE).stop();
    for (int i = 0; i < 3; i++) {
      scene.call(pool, TO_ONE, SECOND);
      scene.passMillis(10);
    }
    Caller caller = scene.call(pool, TO_ONE, MINUTES);
    assertThat(caller.isWaiting()).isTrue();
    assertThat(pool.close(SECOND)).isCompleted();
    caller.refusal(PoolClosedException.class);
    scene.host.time().assertNothingScheduled();
  }

  @Test
  void nothingIsAcquiredAfterwards() {
    scene.lease(pool, TO_ONE).close();
    assertThat(pool.close(SECOND)).isCompleted();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    scene.call(pool, TO_ONE, SECOND).refusal(PoolClosedException.class);
    assertThatThrownBy(() -> pool.acquire(TO_ONE, SECOND)).isInstanceOf(PoolClosedException.class);
    assertThatThrownBy(() -> pool.acquireAsync(TO_ONE, SECOND).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PoolClosedException.class);
  }

  @Test
  void closingTwiceIsHarmless() {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    CompletableFuture<Void> first = pool.close(SECOND);
    CompletableFuture<Void> second = pool.close(SECOND);
    lease.close();
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    assertThat(pool.close(Duration.ZERO)).isCompleted();
    scene.host.time().assertNothingScheduled();
  }

  @Test
  void aSecondCloseMayCutTheFirstShort() {
    scene.lease(pool, TO_ONE);
    CompletableFuture<Void> first = pool.close(MINUTES);
    assertThat(first).isNotDone();
    assertThat(pool.close(Duration.ZERO)).isCompleted();
    assertThat(first).isCompleted();
  }

  @Test
  void aPoolThatWasNeverUsedClosesAtOnce() {
    pool.close();
    assertThat(pool.snapshot().destinations()).isEmpty();
  }

  @Test
  void aPoolMayBeClosedByItsOwnCaller() {
    List<CompletableFuture<Void>> closed = new ArrayList<>();
    pool.acquireAsync(TO_ONE, SECOND)
        .thenAccept(
            lease -> {
              closed.add(pool.close(SECOND));
              lease.close();
            })
        .isDone();
    scene.passMillis(10);
    assertThat(closed).singleElement().satisfies(f -> assertThat(f).isCompleted());
  }

  @Test
  void aClosedPoolLeavesItsPortsToOthers() {
    ConnectionPool<SimulatedConnection> other = scene.anotherPool();
    scene.lease(pool, TO_ONE, 4);
    Caller waits = scene.call(other, TO_ONE, SECOND);
    pool.close(Duration.ZERO).isDone();
    scene.passMillis(20);
    assertThat(waits.isServed()).isTrue();
  }

  // ---- the end of a destination

  @Test
  void thousandsOfDestinationsAreForgottenWhenUnused() {
    int count = 3_000;
    for (int i = 0; i < count; i++) {
      Endpoint endpoint = Endpoint.of("198.18." + (i / 250) + "." + (i % 250 + 1), 443);
      Caller caller = scene.call(pool, Destination.of(endpoint), SECOND);
      scene.host.advance(Duration.ofMillis(1));
      caller.lease().close();
    }
    assertThat(pool.snapshot().destinations()).hasSize(count);
    assertThat(pool.snapshot().idle()).isEqualTo(count);
    scene.pass(MINUTES);
    PoolSnapshot snapshot = pool.snapshot();
    assertThat(snapshot.destinations()).isEmpty();
    assertThat(snapshot.counters().acquired()).isEqualTo(count);
    assertThat(snapshot.counters().opened()).isEqualTo(count);
    scene.host.time().assertNothingScheduled();
  }

  @Test
  void aDestinationThatWasNeverReachedIsForgotten() {
    scene.peer(ONE).stop();
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    caller.refusal(ConnectFailedException.class);
    scene.pass(MINUTES);
    assertThat(pool.snapshot().destinations()).isEmpty();
    assertThat(pool.snapshot().counters().refused()).isEqualTo(1);
  }

  @Test
  void aDestinationWhereNobodyMayWaitIsForgotten() {
    ConnectionPool<SimulatedConnection> strict = scene.pool(settings -> settings.maxWaiters(0));
    scene.call(strict, TO_ONE, SECOND).refusal(TooManyWaitersException.class);
    scene.pass(MINUTES);
    assertThat(strict.snapshot().destinations()).isEmpty();
  }

  @Test
  void aForgottenDestinationBeginsAnew() {
    scene.lease(pool, TO_ONE).close();
    scene.pass(MINUTES);
    assertThat(pool.snapshot().destinations()).isEmpty();
    assertThat(scene.lease(pool, TO_ONE).connection().isOpen()).isTrue();
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(2);
  }

  @Test
  void aDestinationInUseIsKept() {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    scene.pass(MINUTES);
    assertThat(pool.snapshot().leased()).isEqualTo(1);
    lease.close();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }
}
