package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that a thread has put back are at hand, and yet everybody's. */
class ShelvesTest {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  /** More than one shelf has places for. */
  private static final int MANY = 40;

  @RegisterExtension final Scene scene = Scene.owned(MANY);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  /** Idle connections that the current thread has put back. */
  private List<SimulatedConnection> putBack(int count) {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, count);
    List<SimulatedConnection> connections = leases.stream().map(Lease::connection).toList();
    leases.forEach(Lease::close);
    return connections;
  }

  private Lease<SimulatedConnection> acquire() {
    Lease<SimulatedConnection> lease = pool.tryAcquire(TO_ONE);
    assertThat(lease).isNotNull();
    return lease;
  }

  private <T> T onAnotherThread(Threads.Task<T> task) {
    CompletableFuture<T> result = Threads.start(task).result();
    assertThat(result).succeedsWithin(A_MINUTE);
    return result.join();
  }

  @Test
  void theOneThatWasPutBackLastIsGivenFirst() {
    List<SimulatedConnection> connections = putBack(3);
    for (int i = 0; i < 2; i++) {
      List<Lease<SimulatedConnection>> leases = List.of(acquire(), acquire(), acquire());
      assertThat(leases.stream().map(Lease::connection))
          .containsExactly(connections.get(2), connections.get(1), connections.get(0));
      leases.forEach(Lease::close);
    }
  }

  @Test
  void aLeaseThatHasEndedNeverTouchesTheNextOneOfTheSameConnection() {
    putBack(1);
    for (int i = 0; i < 3; i++) {
      Lease<SimulatedConnection> ended = acquire();
      ended.close();
      Lease<SimulatedConnection> next = acquire();
      ended.close();
      ended.discard();
      assertThat(next.connection().isOpen()).isTrue();
      assertThat(pool.snapshot().leased()).isEqualTo(1);
      assertThat(pool.tryAcquire(TO_ONE)).isNull();
      next.close();
    }
  }

  @Test
  void anotherThreadGetsThemToo() {
    SimulatedConnection connection = putBack(1).get(0);
    Lease<SimulatedConnection> lease = onAnotherThread(this::acquire);
    assertThat(lease.connection()).isSameAs(connection);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    lease.close();
    assertThat(acquire().connection()).isSameAs(connection);
  }

  @Test
  void moreThanFitAreNotLost() {
    List<SimulatedConnection> connections = putBack(MANY);
    assertThat(pool.snapshot().idle()).isEqualTo(MANY);
    List<Lease<SimulatedConnection>> leases = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      leases.add(acquire());
    }
    assertThat(leases.stream().map(Lease::connection))
        .containsExactlyInAnyOrderElementsOf(connections);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    leases.forEach(Lease::close);
  }

  @Test
  void theyCountAsIdle() {
    putBack(3);
    Lease<SimulatedConnection> lease = acquire();
    assertThat(pool.snapshot().idle()).isEqualTo(2);
    assertThat(pool.snapshot().leased()).isEqualTo(1);
    lease.close();
    assertThat(pool.snapshot().idle()).isEqualTo(3);
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(4);
    assertThat(pool.snapshot().counters().reused()).isEqualTo(1);
  }

  @Test
  void oneThatThePeerHasClosedIsPassedOver() {
    List<SimulatedConnection> connections = putBack(2);
    scene.peer(Scene.ONE).closeAll();
    scene.passMillis(20);
    assertThat(connections).noneMatch(SimulatedConnection::isOpen);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(2);
  }

  @Test
  void oneThatIsWantedElsewhereIsGivenUp() {
    putBack(MANY);
    Caller caller = scene.call(pool, TO_ONE_AGAIN, SECOND);
    scene.passMillis(50);
    assertThat(caller.isServed()).isTrue();
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(MANY + 1);
  }

  @Test
  void whoComesWhileSomebodyWaitsGetsNone() {
    List<Lease<SimulatedConnection>> all = scene.lease(pool, TO_ONE, MANY);
    Caller first = scene.call(pool, TO_ONE, SECOND);
    Caller second = scene.call(pool, TO_ONE, SECOND);
    all.get(0).close();
    assertThat(first.isServed()).isTrue();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(second.isServed()).isFalse();
    all.get(1).close();
    assertThat(second.isServed()).isTrue();
    all.forEach(Lease::close);
  }

  /**
   * The race of a connection that is put back while somebody begins to wait. Nothing happens
   * afterwards that might make good for it if neither has seen the other.
   */
  @Test
  void whoeverBeginsToWaitWhileOneIsPutBackIsServed() {
    int rounds = 10_000;
    try (MemoryWorld world = new MemoryWorld("20000-20000")) {
      ConnectionPool<MemoryConnector.Connection> one = ConnectionPool.of(world.connector);
      world.use(one, MemoryWorld.THERE);
      AtomicInteger round = new AtomicInteger();
      AtomicReference<CompletableFuture<Lease<MemoryConnector.Connection>>> waits =
          new AtomicReference<>();
      Threads.Running<Integer> other =
          Threads.start(
              () -> {
                for (int i = 1; i <= rounds; i++) {
                  int next = i;
                  Threads.until("the next round", () -> round.get() == next);
                  waits.set(one.acquireAsync(MemoryWorld.THERE, A_MINUTE));
                }
                return rounds;
              });
      for (int i = 1; i <= rounds; i++) {
        world.use(one, MemoryWorld.THERE); // puts it on the shelf of this thread
        Lease<MemoryConnector.Connection> lease = one.tryAcquire(MemoryWorld.THERE);
        assertThat(lease).isNotNull();
        round.set(i);
        for (int spins = i % 128; spins > 0; spins--) { // the other needs a moment, too
          Thread.onSpinWait();
        }
        lease.close();
        Threads.until("the other has asked", () -> waits.get() != null);
        CompletableFuture<Lease<MemoryConnector.Connection>> asked = waits.getAndSet(null);
        Threads.until("the other is served", asked::isDone);
        asked.join().close();
      }
      assertThat(other.result()).succeedsWithin(A_MINUTE);
      assertThat(one.snapshot().counters().opened()).isEqualTo(1);
      assertThat(one.close(Duration.ZERO)).succeedsWithin(A_MINUTE);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Several threads on one connection: each is served in its turn, and nobody meets another. */
  @Test
  void oneConnectionServesSeveralThreads() {
    int rounds = 5_000;
    try (MemoryWorld world = new MemoryWorld("20000-20000")) {
      ConnectionPool<MemoryConnector.Connection> one = ConnectionPool.of(world.connector);
      useSideBySide(world, one, rounds, MemoryWorld.THERE, MemoryWorld.THERE);
      assertThat(one.snapshot().counters().acquired()).isEqualTo(2L * rounds);
      assertThat(one.close(Duration.ZERO)).succeedsWithin(A_MINUTE);
    }
  }

  /** The race of a connection that is given up for others while its thread takes it again. */
  @Test
  void noneIsGivenUpThatIsInUse() {
    try (MemoryWorld world = new MemoryWorld("20000-20001")) {
      ConnectionPool<MemoryConnector.Connection> one = ConnectionPool.of(world.connector);
      Destination again = Destination.of("there-again", MemoryWorld.THERE.endpoints().get(0));
      Destination third = Destination.of("there-too", MemoryWorld.THERE.endpoints().get(0));
      useSideBySide(world, one, 1_500, MemoryWorld.THERE, again, third);
      assertThat(one.snapshot().counters().opened()).isGreaterThan(2);
      assertThat(one.close(Duration.ZERO)).succeedsWithin(A_MINUTE);
    }
  }

  private static void useSideBySide(
      MemoryWorld world,
      ConnectionPool<MemoryConnector.Connection> pool,
      int rounds,
      Destination... destinations) {
    CountDownLatch start = new CountDownLatch(destinations.length);
    List<Threads.Running<Integer>> users = new ArrayList<>();
    for (Destination destination : destinations) {
      users.add(
          Threads.start(
              () -> {
                start.countDown();
                start.await();
                for (int i = 0; i < rounds; i++) {
                  world.use(pool, destination);
                }
                return rounds;
              }));
    }
    users.forEach(user -> assertThat(user.result()).succeedsWithin(Duration.ofMinutes(2)));
    assertThat(world.connector.faults).as("connections with two users, or closed").hasValue(0);
  }
}
