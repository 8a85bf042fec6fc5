package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.pool.Threads.Running;
import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The form of acquire that waits on the caller's own thread. */
class BlockingAcquireTest {
  @RegisterExtension final Scene scene = Scene.owned(1);

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

  private SimulatedConnection connectionReturned(ConnectionPool<SimulatedConnection> pool) {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    lease.close();
    return connection;
  }
}
