package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.time.Scheduler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads, few ports: whatever they do, everybody is answered once and no port is lost. */
class PoolStressTest {
  private static final int THREADS = 6;
  private static final int OPERATIONS = 2_000;
  private static final Duration ENOUGH = Duration.ofSeconds(60);

  private static final List<Endpoint> ADDRESSES =
      List.of(
          Endpoint.of("203.0.113.7", 443),
          Endpoint.of("203.0.113.8", 443),
          Endpoint.of("203.0.113.9", 443));

  private static final List<Destination> NAMES =
      List.of(Destination.named("one.example", 443), Destination.named("other.example", 443));

  private static final List<Destination> DESTINATIONS =
      List.of(
          Destination.of("one", Endpoint.of("203.0.113.7", 443)),
          Destination.of("one-again", Endpoint.of("203.0.113.7", 443)),
          Destination.of("both", Endpoint.of("203.0.113.7", 443), Endpoint.of("203.0.113.8", 443)));

  private final MemoryWorld world = new MemoryWorld("20000-20003");
  private final PortLedger ledger = world.ledger;
  private final MemoryConnector connector = world.connector;
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicReference<Throwable> fault = new AtomicReference<>();

  @AfterEach
  void end() {
    world.close();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void everybodyIsAnsweredOnceAndNothingIsLost(long seed) {
    run(seed, settings().build(), DESTINATIONS);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void theSameWhileAddressesComeAndLeaveAndRace(long seed) {
    AtomicInteger resolved = new AtomicInteger();
    PoolListener counts =
        new PoolListener() {
          @Override
          public void resolved(Destination destination, List<Endpoint> endpoints) {
            resolved.incrementAndGet();
          }
        };
    Scheduler fast = (task, delay) -> world.scheduler.schedule(task, delay.dividedBy(50));
    run(
        seed,
        settings()
            .maxIdleTime(Duration.ofSeconds(2))
            .connectionAttemptDelay(Duration.ofMillis(10))
            .scheduler(fast)
            .listener(counts)
            .resolver(this::resolve)
            .build(),
        NAMES);
    assertThat(resolved.get()).as("changes of addresses").isGreaterThan(NAMES.size());
  }

  /** Now these addresses, now those; now and then none. */
  private CompletableFuture<EndpointResolver.Resolution> resolve(String host, int port) {
    CompletableFuture<EndpointResolver.Resolution> answer = new CompletableFuture<>();
    world.network.execute(
        () -> {
          int which = ThreadLocalRandom.current().nextInt(8);
          List<Endpoint> found =
              ADDRESSES.stream()
                  .filter(each -> (which >> ADDRESSES.indexOf(each)) % 2 == 1)
                  .toList();
          answer.complete(new EndpointResolver.Resolution(found, Duration.ZERO));
        });
    return answer;
  }

  private ConnectionPoolBuilder<MemoryConnector.Connection> settings() {
    return ConnectionPool.builder(connector)
        .maxWaiters(50)
        .portPatience(Duration.ofMillis(5))
        .maxConnectingPerRoute(2)
        .maxIdleTime(Duration.ofMillis(20))
        .maxUses(20)
        .backOff(Duration.ofMillis(1), Duration.ofMillis(5));
  }

  private void run(
      long seed, ConnectionPool<MemoryConnector.Connection> pool, List<Destination> destinations) {
    List<CompletableFuture<Integer>> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom random = new SplittableRandom(seed * THREADS + i);
      threads.add(Threads.start(() -> work(pool, destinations, random)).result());
    }
    int asked = 0;
    for (CompletableFuture<Integer> thread : threads) {
      assertThat(thread).succeedsWithin(ENOUGH);
      asked += thread.join();
    }
    int all = asked;
    Threads.until("everybody is answered: " + all, () -> told.get() >= all);
    Threads.until("nothing is leased", () -> pool.snapshot().leased() == 0);
    assertThat(pool.snapshot().waiting()).isZero();
    assertThat(pool.close(Duration.ZERO)).succeedsWithin(ENOUGH);
    Threads.until("all ports are settled", () -> ledger.census().stream().allMatch(this::isQuiet));
    assertThat(told).hasValue(all);
    assertThat(fault).hasValue(null);
    assertThat(connector.faults).as("connections with two users").hasValue(0);
    assertThat(connector.open).as("open connections").hasValue(0);
    assertThat(ledger.stats().faults()).isZero();
    PoolCounters counters = pool.snapshot().counters();
    assertThat(counters.acquired()).isPositive();
    assertThat(counters.leaked()).isZero();
    assertThat(counters.surfaced()).isZero();
  }

  private boolean isQuiet(PortCensus census) {
    return census.used() == 0 && census.waiting() == 0;
  }

  /** Returns how many answers there must be. */
  private int work(
      ConnectionPool<MemoryConnector.Connection> pool,
      List<Destination> destinations,
      SplittableRandom random)
      throws Exception {
    List<CompletableFuture<?>> futures = new ArrayList<>();
    int asked = 0;
    for (int i = 0; i < OPERATIONS; i++) {
      Destination to = destinations.get(random.nextInt(destinations.size()));
      Duration timeout = Duration.ofMillis(random.nextInt(30));
      switch (random.nextInt(6)) {
        case 0 -> {
          Lease<MemoryConnector.Connection> lease = pool.tryAcquire(to);
          if (lease != null) {
            connector.use(lease);
            connector.giveBack(lease);
          }
        }
        case 1 -> {
          asked++;
          pool.acquire(to, timeout, new Answers());
        }
        case 2 -> {
          asked++;
          CompletableFuture<Lease<MemoryConnector.Connection>> future =
              pool.acquireAsync(to, timeout);
          futures.add(future.whenComplete((lease, failure) -> answered(lease)));
          future.cancel(false);
        }
        case 3 -> {
          asked++;
          block(pool, to, timeout, random.nextInt(4));
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

  private void block(
      ConnectionPool<MemoryConnector.Connection> pool, Destination to, Duration timeout, int how)
      throws InterruptedException {
    try (Lease<MemoryConnector.Connection> lease = pool.acquire(to, timeout)) {
      switch (how) {
        case 0 -> lease.discard();
        case 1 -> connector.peerCloses(lease.connection());
        default -> {
          connector.use(lease);
          connector.giveBack(lease);
        }
      }
    } catch (IOException refused) {
      // as good an answer as any
    }
    told.incrementAndGet();
  }

  private void answered(@Nullable Lease<MemoryConnector.Connection> lease) {
    told.incrementAndGet();
    if (lease != null) {
      connector.use(lease);
      world.network.execute(() -> connector.giveBack(lease));
    }
  }

  private final class Answers implements AcquireCallback<MemoryConnector.Connection> {
    private final AtomicInteger answers = new AtomicInteger();

    @Override
    public void acquired(Lease<MemoryConnector.Connection> lease) {
      once();
      connector.use(lease);
      connector.giveBack(lease);
    }

    @Override
    public void failed(IOException why) {
      once();
    }

    private void once() {
      told.incrementAndGet();
      if (answers.incrementAndGet() != 1) {
        fault.set(new AssertionError("answered twice"));
      }
    }
  }
}
