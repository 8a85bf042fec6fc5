package io.fourtuple.examples.gateway;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A time-out that is moved on far more often than it runs out: to move it costs a look at the clock
 * and no task. The one task there is finds out, when it runs, how much is left. Confined to the
 * event loop.
 */
final class Deadline {
  private final EventExecutor loop;
  private final Runnable late;

  /** In the terms of the loop's clock. */
  private long at;

  private long looksAt;
  private boolean isSet;
  private @Nullable Future<?> task;

  /**
   * Makes one that is not set.
   *
   * @param late what to do when it has run out
   */
  Deadline(EventExecutor loop, Runnable late) {
    this.loop = loop;
    this.late = late;
  }

  /** Begins it, or begins it anew. */
  void set(long nanos) {
    at = loop.ticker().nanoTime() + nanos;
    isSet = true;
    if (task == null || at < looksAt) {
      cancelTask();
      schedule(nanos);
    }
  }

  void clear() {
    isSet = false;
  }

  /** Leaves no task behind. */
  void end() {
    isSet = false;
    cancelTask();
  }

  private void cancelTask() {
    if (task != null) {
      task.cancel(false);
      task = null;
    }
  }

  private void schedule(long delay) {
    looksAt = loop.ticker().nanoTime() + delay;
    task = loop.schedule(this::look, delay, TimeUnit.NANOSECONDS);
  }

  private void look() {
    task = null;
    long left = at - loop.ticker().nanoTime();
    if (isSet && left > 0) {
      schedule(left);
    } else if (isSet) {
      isSet = false;
      late.run();
    }
  }
}
