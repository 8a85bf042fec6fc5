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

  /** Where the caller acquires; null where that is not recorded. */
  final @Nullable Throwable place;

  private final AcquireCallback<C> callback;

  /** Ends the wait at the deadline; set once it waits, under the destination's lock. */
  @Nullable Cancellable timer;

  Waiter(
      AcquireCallback<C> callback,
      long since,
      Deadline deadline,
      @Nullable Object affinity,
      @Nullable Throwable place) {
    this.callback = callback;
    this.since = since;
    this.deadline = deadline;
    this.affinity = affinity;
    this.place = place;
  }

  void acquired(Lease<C> lease) {
    stopTimer();
    serve(callback, lease);
  }

  /** Gives a lease to a caller. */
  static <C> void serve(AcquireCallback<C> callback, Lease<C> lease) {
    if (!told(() -> callback.acquired(lease))) {
      lease.discard(); // nobody else will
    }
  }

  void failed(IOException why) {
    stopTimer();
    told(() -> callback.failed(why));
  }

  private static boolean told(Runnable callback) {
    try {
      callback.run();
      return true;
    } catch (RuntimeException | Error e) { // an Error too: others are still to be served
      log.warn("a caller's callback failed", e);
      return false;
    }
  }

  void stopTimer() {
    Cancellable running = timer;
    if (running != null) {
      running.cancel();
    }
  }
}
