package io.fourtuple.metrics;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Does something now and every ten seconds, until it is closed. Thread-safe. */
final class Rounds implements AutoCloseable {
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private final Scheduler scheduler;
  private final Runnable task;
  private @Nullable Cancellable next; // guarded by this
  private boolean isClosed; // guarded by this

  Rounds(Scheduler scheduler, Runnable task) {
    this.scheduler = scheduler;
    this.task = task;
  }

  /** The first one, on this thread. */
  void begin() {
    synchronized (this) {
      if (isClosed || next != null) {
        return;
      }
    }
    round();
  }

  private void round() {
    try {
      task.run();
    } finally {
      synchronized (this) {
        next = isClosed ? null : scheduler.schedule(this::round, INTERVAL);
      }
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    if (next != null) {
      next.cancel();
    }
  }
}
