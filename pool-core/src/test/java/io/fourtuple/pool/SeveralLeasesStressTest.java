package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads on connections that carry several leases, while these change and come to an end. */
class SeveralLeasesStressTest {
  private static final int THREADS = 6;
  private static final int OPERATIONS = 2_000;
  private static final int MOST = 4;
  private static final Duration ENOUGH = Duration.ofSeconds(60);

  private static final List<Destination> DESTINATIONS =
      List.of(
          Destination.of("one", Endpoint.of("203.0.113.7", 443)),
          Destination.of("one-again", Endpoint.of("203.0.113.7", 443)));

  private final MemoryWorld world = new MemoryWorld("20000-20003");
  private final MemoryConnector connector = world.connector;
  private final ConcurrentLinkedQueue<MemoryConnector.Connection> seen =
      new ConcurrentLinkedQueue<>();
  private final AtomicInteger told = new AtomicInteger();
  private final ConnectionPool<MemoryConnector.Connection> pool =
      ConnectionPool.builder(connector).scheduler(world.scheduler).maxUses(200).build();

  @AfterEach
  void end() {
    world.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void everybodyIsAnsweredAndNoSlotIsLost(long seed) {
    connector.most = MOST;
    List<CompletableFuture<Integer>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(seed * THREADS + i);
      threads.add(Threads.start(() -> work(random)).result());
    }
    int all = 0;
    for (CompletableFuture<Integer> thread : threads) {
      assertThat(thread).succeedsWithin(ENOUGH);
      all += thread.join();
    }
    int asked = all;
    Threads.until("everybody is answered: " + asked, () -> told.get() >= asked);
    Threads.until("no lease is out", () -> pool.snapshot().leases() == 0);
    assertThat(pool.snapshot().leased()).isZero();
    assertThat(pool.snapshot().waiting()).isZero();
    assertThat(pool.close(Duration.ZERO)).succeedsWithin(ENOUGH);
    Threads.until(
        "all ports are settled", () -> world.ledger.census().stream().allMatch(this::isQuiet));
    assertThat(told).hasValue(asked);
    assertThat(connector.faults).as("too many users, or closed in use").hasValue(0);
    assertThat(connector.open).as("open connections").hasValue(0);
    assertThat(world.ledger.stats().faults()).isZero();
  }

  private boolean isQuiet(PortCensus census) {
    return census.used() == 0 && census.waiting() == 0;
  }

  /** Returns how many answers there must be. */
  private int work(SplittableRandom random) throws InterruptedException {
    List<CompletableFuture<?>> futures = new ArrayList<>();
    int asked = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      Destination to = DESTINATIONS.get(random.nextInt(DESTINATIONS.size()));
      Duration timeout = Duration.ofMillis(random.nextInt(30));
      switch (random.nextInt(10)) {
        case 0 -> {
          Lease<MemoryConnector.Connection> lease = pool.tryAcquire(to);
          if (lease != null) {
            connector.use(lease);
            connector.giveBack(lease);
          }
        }
        case 1 -> change(random);
        case 2 -> {
          asked++;
          CompletableFuture<Lease<MemoryConnector.Connection>> future =
              pool.acquireAsync(to, timeout);
          futures.add(future.whenComplete((lease, failure) -> answered(lease)));
          future.cancel(false);
        }
        case 3 -> {
          asked++;
          block(to, timeout, random.nextInt(8) == 0);
        }
        default -> {
          asked++;
          futures.add(
              pool.acquireAsync(to, timeout).whenComplete((lease, failure) -> answered(lease)));
        }
      }
    }
    Threads.until("all futures are done", () -> futures.stream().allMatch(Future::isDone));
    return asked;
  }

  /** Something happens to a connection that is there, or was. */
  private void change(SplittableRandom random) {
    MemoryConnector.Connection connection = seen.poll();
    if (connection != null) {
      if (random.nextInt(10) == 0) {
        connector.drain(connection);
      } else {
        connector.allow(connection, random.nextInt(MOST + 1));
      }
    }
  }

  private void block(Destination to, Duration timeout, boolean discards)
      throws InterruptedException {
    try (Lease<MemoryConnector.Connection> lease = pool.acquire(to, timeout)) {
      seen.add(lease.connection());
      if (discards) {
        lease.discard();
      } else {
        connector.use(lease);
        connector.giveBack(lease);
      }
    } catch (IOException refused) {
      // as good an answer as any
    }
    told.incrementAndGet();
  }

  private void answered(@Nullable Lease<MemoryConnector.Connection> lease) {
    told.incrementAndGet();
    if (lease != null) {
      seen.add(lease.connection());
      connector.use(lease);
      world.network.execute(() -> connector.giveBack(lease));
    }
  }
}
