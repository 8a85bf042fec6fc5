package io.fourtuple.pool;

import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of an endpoint's back-off, where callers wait for that. Guarded by the
 * destination's section.
 */
final class BackOffs<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Section section;
  private @Nullable Cancellable timer;

  BackOffs(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.section = owner.section();
  }

  /** All endpoints are down: who cannot wait until one is tried again, is told so now. Inside. */
  void await(long now, @Nullable Throwable cause) {
    long nanos = owner.endpoints().nanosToProbe(now);
    if (nanos == Long.MAX_VALUE) {
      return; // one is finding out, and its end brings us here again
    }
    Duration retryAfter = Duration.ofNanos(nanos);
    section.afterwards(
        () ->
            owner.refuseIf(
                (waiter, ahead) ->
                    waiter.deadline.nanosLeft(now) < nanos
                        ? new ConnectFailedException(
                            owner.destination(), "every endpoint is down", retryAfter, cause)
                        : null));
    planAfter(retryAfter);
  }

  /** Callers wait for ports: an endpoint that is down may turn out to have some. Inside. */
  void awaitBeside() {
    long nanos = owner.endpoints().nanosToProbe(pool.now());
    if (nanos < Long.MAX_VALUE) {
      planAfter(Duration.ofNanos(nanos));
    }
  }

  private void planAfter(Duration delay) {
    stop();
    timer = pool.scheduler().schedule(this::plan, delay);
  }

  private void plan() {
    section.enter();
    try {
      owner.connecting().plan();
    } finally {
      section.leave();
    }
  }

  /** No more. Inside. */
  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }
}
