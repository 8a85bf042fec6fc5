package io.fourtuple.testkit;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Time that moves only when a test says so. Tasks run in order of their time, then of scheduling,
 * on the thread that calls {@link #advance} or {@link #runUntilIdle}; what a task throws comes out
 * there.
 *
 * <p>Reading and scheduling are thread-safe; one thread at a time may advance.
 */
public final class VirtualTime implements Ticker, Scheduler {
  /** Three seconds short of the wrap-around, so that every longer test crosses it. */
  public static final long DEFAULT_START = Long.MAX_VALUE - 3_000_000_000L;

  private static final int TASKS_AT_ONE_INSTANT = 1_000_000;
  private static final long FARTHEST_NANOS = Long.MAX_VALUE / 2;

  private final long start;
  private final Object lock = new Object();

  /** A tree, because most timers are cancelled before they are due. */
  private final TreeSet<Task> tasks = new TreeSet<>();

  private long elapsed; // since the start, so that it never wraps around
  private long scheduled;
  private boolean running;

  /** Starts just before the tick wraps around. */
  public VirtualTime() {
    this(DEFAULT_START);
  }

  /** Starts at the given tick. */
  public VirtualTime(long start) {
    this.start = start;
  }

  @Override
  public long read() {
    return start + elapsedNanos();
  }

  /** Nanoseconds since the start; unlike the tick it never wraps around. */
  public long elapsedNanos() {
    synchronized (lock) {
      return elapsed;
    }
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    return add(task, delay, Owner.LIBRARY);
  }

  /**
   * A scheduler on the same time for what surrounds the library: kernel, network, peers. Its tasks
   * are not the library's, so {@link #nextTaskIn} and {@link #assertNothingScheduled} pass them
   * over.
   */
  public Scheduler surroundings() {
    return (task, delay) -> add(task, delay, Owner.SURROUNDINGS);
  }

  private Cancellable add(Runnable runnable, Duration delay, Owner owner) {
    synchronized (lock) {
      Task task = new Task(runnable, elapsed + saturated(delay), scheduled++, owner);
      tasks.add(task);
      return () -> cancel(task);
    }
  }

  private void cancel(Task task) {
    synchronized (lock) {
      tasks.remove(task);
    }
  }

  /** Moves time on by {@code step}, running what falls due at the moment when it falls due. */
  public void advance(Duration step) {
    if (step.isNegative()) {
      throw new IllegalArgumentException("time never goes back, step was " + step);
    }
    runUntil(elapsedNanos() + saturated(step));
  }

  /** Runs what is due now, and what that makes due now. */
  public void runUntilIdle() {
    runUntil(elapsedNanos());
  }

  private void runUntil(long end) {
    synchronized (lock) {
      if (running) {
        throw new IllegalStateException("time is being advanced already");
      }
      running = true;
    }
    try {
      long instant = -1;
      int atInstant = 0;
      for (Task task = next(end); task != null; task = next(end)) {
        atInstant = task.dueAt == instant ? atInstant + 1 : 0;
        instant = task.dueAt;
        if (atInstant > TASKS_AT_ONE_INSTANT) {
          throw new AssertionError("tasks schedule tasks without end, last was " + task.runnable);
        }
        task.runnable.run();
      }
    } finally {
      synchronized (lock) {
        running = false;
      }
    }
  }

  /** The next task due by {@code end}, time moved to it; null, time moved to the end, for none. */
  private @Nullable Task next(long end) {
    synchronized (lock) {
      if (tasks.isEmpty() || tasks.first().dueAt > end) {
        elapsed = end;
        return null;
      }
      Task task = tasks.pollFirst();
      elapsed = Math.max(elapsed, task.dueAt);
      return task;
    }
  }

  /** Nanoseconds until the next task of the library, zero where it is due; empty for none. */
  public OptionalLong nextTaskIn() {
    synchronized (lock) {
      return tasks.stream()
          .filter(task -> task.owner == Owner.LIBRARY)
          .mapToLong(task -> Math.max(0, task.dueAt - elapsed))
          .min();
    }
  }

  /** How many tasks of the library are scheduled. */
  public int scheduledTasks() {
    synchronized (lock) {
      return (int) tasks.stream().filter(task -> task.owner == Owner.LIBRARY).count();
    }
  }

  /** Fails where the library has a task scheduled. */
  public void assertNothingScheduled() {
    synchronized (lock) {
      tasks.stream()
          .filter(task -> task.owner == Owner.LIBRARY)
          .findFirst()
          .ifPresent(
              task -> {
                throw new AssertionError(
                    "still scheduled, in "
                        + Duration.ofNanos(task.dueAt - elapsed)
                        + ": "
                        + task.runnable);
              });
    }
  }

  private static long saturated(Duration delay) {
    if (delay.isNegative()) {
      return 0;
    }
    return delay.compareTo(Duration.ofNanos(FARTHEST_NANOS)) >= 0
        ? FARTHEST_NANOS
        : delay.toNanos();
  }

  private enum Owner {
    LIBRARY,
    SURROUNDINGS
  }

  private static final class Task implements Comparable<Task> {
    final Runnable runnable;
    final long dueAt;
    final long order;
    final Owner owner;

    Task(Runnable runnable, long dueAt, long order, Owner owner) {
      this.runnable = runnable;
      this.dueAt = dueAt;
      this.order = order;
      this.owner = owner;
    }

    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(dueAt, other.dueAt);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }
}
