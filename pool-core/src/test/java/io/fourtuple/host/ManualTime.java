package io.fourtuple.host;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** Time that moves when told to, and tasks that run when told to. */
final class ManualTime implements Ticker, Scheduler {
  private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final List<Duration> delays = new ArrayList<>();

  @Override
  public long read() {
    return now;
  }

  @Override
  public Cancellable schedule(Runnable task, Duration delay) {
    tasks.add(task);
    delays.add(delay.isNegative() ? Duration.ZERO : delay);
    return () -> tasks.remove(task);
  }

  void advance(Duration duration) {
    now += duration.toNanos();
  }

  /** Runs the task that was scheduled first, whatever its delay. */
  void runNext() {
    tasks.remove().run();
  }

  int waitingTasks() {
    return tasks.size();
  }

  /** The delays of all tasks so far; negative ones count as none. */
  List<Duration> delays() {
    return delays;
  }
}
