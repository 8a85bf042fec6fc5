package io.fourtuple.netty;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** So many callers at a time, each with one request after the other, and no two alike. */
@SuppressWarnings("FutureReturnValueIgnored") // All ends are counted.
final class SoakCallers {
  /** In milliseconds: some are refused, most are not. */
  private static final int[] PATIENCE = {5, 200, 5_000, 5_000};

  /** Against hanging for ever. */
  private static final int ANSWER_MILLIS = 5_000;

  private static final int DEAD_MILLIS = 30;

  /** Of the calls that may be cancelled: one in so many is. */
  private static final int CANCELLED = 20;

  private final int callers;
  private final Supplier<ConnectionPool<Channel>> pool;
  private final Destination destination;
  private final ScheduledExecutorService executor;
  private final SoakTally tally;
  private final AtomicInteger active = new AtomicInteger();
  private volatile boolean running;
  private volatile int pauseMillis;
  private volatile int cancelOneIn = CANCELLED;

  SoakCallers(
      int callers,
      Supplier<ConnectionPool<Channel>> pool,
      Destination destination,
      ScheduledExecutorService executor,
      SoakTally tally) {
    this.callers = callers;
    this.pool = pool;
    this.destination = destination;
    this.executor = executor;
    this.tally = tally;
  }

  void start() {
    running = true;
    active.set(callers);
    for (int i = 0; i < callers; i++) {
      executor.execute(this::call);
    }
  }

  /** Between two requests each caller rests for less than this; 0, the default, is not at all. */
  void pauseUpTo(int millis) {
    pauseMillis = millis;
  }

  /** All that can be cancelled is, or less again. */
  void cancel(Cancelling how) {
    cancelOneIn = how == Cancelling.ALL ? 1 : CANCELLED;
  }

  /** How many of the calls are cancelled. */
  enum Cancelling {
    SOME,
    ALL
  }

  /** Nobody asks again. */
  void stop() {
    running = false;
  }

  boolean areGone() {
    return active() == 0;
  }

  int active() {
    return active.get();
  }

  private void call() {
    if (!running) {
      active.decrementAndGet();
      return;
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Duration patience = Duration.ofMillis(PATIENCE[random.nextInt(PATIENCE.length)]);
    Call call = new Call(tally.asks());
    if (random.nextBoolean()) {
      pool.get().acquire(destination, patience, call);
    } else {
      CompletableFuture<Lease<Channel>> lease = pool.get().acquireAsync(destination, patience);
      lease.whenComplete(
          (acquired, why) -> {
            if (acquired != null) {
              call.acquired(acquired);
            } else {
              call.refused(why);
            }
          });
      if (random.nextInt(cancelOneIn) == 0) {
        executor.schedule(() -> lease.cancel(false), random.nextInt(20), TimeUnit.MILLISECONDS);
      }
    }
  }

  /** One acquire and what follows. */
  private final class Call implements AcquireCallback<Channel> {
    private final SoakTally.Once once;

    Call(SoakTally.Once once) {
      this.once = once;
    }

    @Override
    public void acquired(Lease<Channel> lease) {
      once.ends();
      int dice = ThreadLocalRandom.current().nextInt(100);
      if (dice < 2) {
        lease.connection().close();
        over(lease, true);
      } else if (dice < 4) {
        executor.schedule(() -> over(lease, true), 20, TimeUnit.MILLISECONDS);
      } else {
        exchange(lease, request(dice), dice >= 90);
      }
    }

    private static byte request(int dice) {
      if (dice < 6) {
        return SoakBackEnd.PLAY_DEAD;
      } else if (dice < 10) {
        return SoakBackEnd.RESET;
      } else if (dice < 14) {
        return SoakBackEnd.ANSWER_AND_RESET;
      } else if (dice < 18) {
        return SoakBackEnd.HALF_CLOSE;
      } else if (dice < 30) {
        return SoakBackEnd.CLOSE;
      }
      return SoakBackEnd.STAY;
    }

    private void exchange(Lease<Channel> lease, byte request, boolean discards) {
      CompletableFuture<Byte> answer = Exchange.on(lease, request);
      ScheduledFuture<?> guard =
          executor.schedule(
              () -> answer.completeExceptionally(new TimeoutException()),
              request == SoakBackEnd.PLAY_DEAD ? DEAD_MILLIS : ANSWER_MILLIS,
              TimeUnit.MILLISECONDS);
      answer.whenComplete(
          (got, why) -> {
            guard.cancel(false);
            if (got == null) {
              tally.unanswered.increment();
            } else if (got == request) {
              tally.answered.increment();
            } else {
              tally.fault("asked " + request + ", was answered " + got);
            }
            over(lease, got != null && !discards);
          });
    }

    private void over(Lease<Channel> lease, boolean giveBack) {
      if (giveBack) {
        lease.close();
      } else {
        lease.discard();
      }
      lease.close(); // harmless
      next();
    }

    @Override
    public void failed(IOException why) {
      refused(why);
    }

    void refused(Throwable why) {
      once.ends();
      tally.refused(why);
      next();
    }

    private void next() {
      if (pauseMillis == 0) {
        executor.execute(SoakCallers.this::call);
      } else {
        executor.schedule(
            SoakCallers.this::call,
            ThreadLocalRandom.current().nextInt(pauseMillis),
            TimeUnit.MILLISECONDS);
      }
    }
  }
}
