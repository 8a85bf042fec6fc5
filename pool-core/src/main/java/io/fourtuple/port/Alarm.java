package io.fourtuple.port;

import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One timer, which rings at the earliest moment that was asked for. Needs the ledger's lock. */
final class Alarm {
  private final Scheduler scheduler;
  private final Runnable ring;
  private @Nullable Cancellable scheduled;
  private long at = Long.MAX_VALUE;

  Alarm(Scheduler scheduler, Runnable ring) {
    this.scheduler = scheduler;
    this.ring = ring;
  }

  /** Rings at {@code millis} or before. */
  void at(long millis, long now) {
    if (millis >= at) {
      return;
    }
    if (scheduled != null) {
      scheduled.cancel();
    }
    at = millis;
    scheduled = scheduler.schedule(ring, Duration.ofMillis(Math.max(0, millis - now)));
  }

  /**
   * It has rung. While it waited for the lock an earlier one may have been set, which would go on
   * beside those to come.
   */
  void rung() {
    if (scheduled != null) {
      scheduled.cancel();
    }
    at = Long.MAX_VALUE;
    scheduled = null;
  }
}
