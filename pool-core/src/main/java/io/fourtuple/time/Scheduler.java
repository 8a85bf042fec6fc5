package io.fourtuple.time;

import java.time.Duration;

/**
 * Runs short tasks later. The library's tasks never block, and never throw into the scheduler.
 *
 * <p>Implementations must be thread-safe and must not run a task inside {@link #schedule}, because
 * callers may hold a lock there.
 */
@FunctionalInterface
public interface Scheduler {
  /**
   * Runs {@code task} once, {@code delay} from now or soon after.
   *
   * @param delay zero or negative means as soon as possible, yet never inside this call
   */
  Cancellable schedule(Runnable task, Duration delay);

  /** A task that has not run yet, and may never have to. */
  @FunctionalInterface
  interface Cancellable {
    /** Takes the task back; does nothing where it has run or is running. */
    void cancel();
  }
}
