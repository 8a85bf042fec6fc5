package io.fourtuple.time;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler on one daemon thread, which is there only while tasks are. After {@link #close()} it
 * accepts tasks and never runs them, so that a late caller needs no case of its own.
 */
public final class SystemScheduler implements Scheduler, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SystemScheduler.class);

  /** The thread outlives its last task by this, since another one is likely to follow. */
  private static final int IDLE_SECONDS = 10;

  /** Shorter than the time-outs that come with each connect, and long enough to cost nothing. */
  private static final long LOOKOUT_NANOS = 100_000_000;

  private final ScheduledThreadPoolExecutor executor;

  /**
   * Whether a task that does nothing is ahead. Most tasks are time-outs that are soon cancelled:
   * each would be the first to come, and wake the thread for nothing. Behind this one they do not.
   */
  private final AtomicBoolean isLookingOut = new AtomicBoolean();

  /**
   * Makes a scheduler.
   *
   * @param threadName the name of its only thread
   */
  public SystemScheduler(String threadName) {
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = Executors.defaultThreadFactory().newThread(task);
              thread.setName(threadName);
              thread.setDaemon(true);
              return thread;
            });
    executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    executor.allowCoreThreadTimeOut(true);
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    try {
      long nanos = TimeUnit.NANOSECONDS.convert(delay); // the nearest there is
      if (nanos > LOOKOUT_NANOS) {
        lookOut();
      }
      ScheduledFuture<?> future =
          executor.schedule(() -> runLogged(task), nanos, TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to cancel
  private void lookOut() {
    if (!isLookingOut.get() && isLookingOut.compareAndSet(false, true)) {
      executor.schedule(() -> isLookingOut.set(false), LOOKOUT_NANOS, TimeUnit.NANOSECONDS);
    }
  }

  private static void runLogged(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      log.error("a scheduled task failed", e);
    }
  }

  /** Drops what is scheduled and lets the thread end. */
  @Override
  public void close() {
    executor.shutdownNow();
  }
}
