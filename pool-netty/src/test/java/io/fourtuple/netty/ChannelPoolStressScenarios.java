package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.pool.FixedChannelPool.AcquireTimeoutAction;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Channel pools under callers that do anything at any moment. Runs in a private network, on Netty
 * 4.2 and 4.1: see {@link BudgetedChannelPoolIT}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closes
class ChannelPoolStressScenarios {
  private static final int CALLERS = 6;
  private static final int STEPS = 250;
  private static final int MAX_CONNECTIONS = 4;

  /** Every twentieth look finds a channel unfit, now or later, or throws. */
  private static final class Moody implements ChannelHealthChecker {
    static final String WHY = "moody";
    private final AtomicInteger looks = new AtomicInteger();

    @Override
    public Future<Boolean> isHealthy(Channel channel) {
      int look = looks.incrementAndGet();
      if (look % 60 == 0) {
        throw new IllegalStateException(WHY);
      }
      boolean isFit = look % 20 != 0 && channel.isActive();
      return look % 2 == 0
          ? channel.eventLoop().newSucceededFuture(isFit)
          : GlobalEventExecutor.INSTANCE.submit(() -> isFit);
    }
  }

  private static final class Caller implements Runnable {
    private final BudgetedChannelPool pool;
    private final SplittableRandom random;
    private final AtomicInteger inUse;
    private final Queue<Throwable> unexpected;

    Caller(BudgetedChannelPool pool, int seed, AtomicInteger inUse, Queue<Throwable> unexpected) {
      this.pool = pool;
      this.random = new SplittableRandom(seed);
      this.inUse = inUse;
      this.unexpected = unexpected;
    }

    @Override
    public void run() {
      for (int i = 0; i < STEPS; i++) {
        step();
      }
    }

    private void step() {
      Future<Channel> acquire = pool.acquire();
      if (random.nextInt(5) == 0 && acquire.cancel(false)) {
        return;
      }
      if (!acquire.awaitUninterruptibly(50, TimeUnit.SECONDS)) {
        unexpected.add(new AssertionError("neither served nor refused"));
      } else if (acquire.isSuccess()) {
        use(acquire.getNow());
      } else if (!Moody.WHY.equals(acquire.cause().getMessage())) {
        unexpected.add(acquire.cause());
      }
    }

    private void use(Channel channel) {
      if (inUse.incrementAndGet() > MAX_CONNECTIONS) {
        unexpected.add(new AssertionError("more than may be acquired"));
      }
      switch (random.nextInt(8)) {
        case 0 -> channel.close();
        case 1 -> channel.close().awaitUninterruptibly();
        case 2 -> CountingHandler.exchange(channel, EchoServer.CLOSE);
        default -> CountingHandler.exchange(channel, EchoServer.STAY).handle((a, e) -> a).join();
      }
      inUse.decrementAndGet(); // before another may come in for it
      Future<Void> release = pool.release(channel);
      if (!release.awaitUninterruptibly(50, TimeUnit.SECONDS)) {
        unexpected.add(new AssertionError("not released"));
      } else if (!release.isSuccess() && !Moody.WHY.equals(release.cause().getMessage())) {
        unexpected.add(release.cause());
      }
    }
  }

  private static void runCallers(BudgetedChannelPool pool, Queue<Throwable> unexpected)
      throws Exception {
    AtomicInteger inUse = new AtomicInteger();
    List<CompletableFuture<Void>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Caller caller = new Caller(pool, i, inUse, unexpected);
      callers.add(CompletableFuture.runAsync(caller, task -> new Thread(task, "caller").start()));
    }
    CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).get(55, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*EXCLUSIVE") // its ports rest for a minute
  void nothingIsLostAndNobodyWaitsInVain(Way way) throws Exception {
    Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    Sysctl.TIME_WAIT_REUSE_DELAY.writeIfKnown("10");
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way)) {
      try (BudgetedChannelPool pool =
          rig.pool(server.endpoint())
              .healthChecker(new Moody())
              .maxConnections(MAX_CONNECTIONS)
              .build()) {
        runCallers(pool, unexpected);

        assertThat(unexpected).isEmpty();
        SocketWorld.awaitUntil("all are back", () -> pool.acquiredChannelCount() == 0);
        SocketWorld.awaitUntil("nothing leased", () -> pool.snapshot().leased() == 0);
        assertThat(pool.snapshot().counters().surfaced()).isZero();
        assertThat(pool.snapshot().waiting()).isZero();
      }
      rig.awaitNothingLive();
    } finally {
      Sysctl.TIME_WAIT_REUSE_DELAY.writeIfKnown("1000");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_OWNED", "IO_URING_OWNED"})
  void aPoolThatIsClosedInTheMiddleOfItLeavesNothing(Way way) throws Exception {
    for (int i = 0; i < 10; i++) {
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      try (EchoServer server = new EchoServer();
          ChannelPoolRig rig = new ChannelPoolRig(way)) {
        BudgetedChannelPool pool =
            rig.pool(server.endpoint())
                .healthChecker(new Moody())
                .maxConnections(MAX_CONNECTIONS)
                .acquireTimeout(Duration.ofSeconds(40), AcquireTimeoutAction.FAIL)
                .build();
        CompletableFuture<Void> callers =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    runCallers(pool, failures);
                  } catch (Exception e) {
                    failures.add(e);
                  }
                });
        SocketWorld.awaitUntil("work", () -> rig.handler.released.get() > CALLERS);
        assertThat(pool.closeAsync().awaitUninterruptibly(50, TimeUnit.SECONDS)).isTrue();
        callers.get(55, TimeUnit.SECONDS);

        assertThat(failures)
            .allSatisfy(
                it ->
                    assertThat(it)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed"));
        rig.awaitNothingLive();
      }
    }
  }
}
