package io.fourtuple.pool;

import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A caller that wants a connection. It leaves the queue exactly once, under the destination's lock,
 * and is completed afterwards, outside: who took it out of the queue completes it.
 */
final class Waiter<C> {
  private static final Logger log = LoggerFactory.getLogger(Waiter.class);

  final Deadline deadline;

  /** Tick of the acquire. */
  final long since;

  /** What the caller's thread has in common with connections; null for nothing. */
  final @Nullable Object affinity;

  private final AcquireCallback<C> callback;

  /** Ends the wait at the deadline; set once it waits, under the destination's lock. */
  @Nullable Cancellable timer;

  Waiter(AcquireCallback<C> callback, long since, Deadline deadline, @Nullable Object affinity) {
    this.callback = callback;
    this.since = since;
    this.deadline = deadline;
    this.affinity = affinity;
  }

  void acquired(Lease<C> lease) {
    stopTimer();
    told(() -> callback.acquired(lease));
  }

  void failed(IOException why) {
    stopTimer();
    told(() -> callback.failed(why));
  }

  private static void told(Runnable callback) {
    try {
      callback.run();
    } catch (RuntimeException e) {
      log.warn("a caller's callback failed", e);
    }
  }

  void stopTimer() {
    Cancellable running = timer;
    if (running != null) {
      running.cancel();
    }
  }
}
