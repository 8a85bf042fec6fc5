package io.fourtuple.pool;

import java.util.random.RandomGenerator;

/**
 * Whether an endpoint is worth a connect. After some failures in a row it is left alone, longer
 * each time; then one connect at a time finds out whether it is back. One that is back starts
 * slowly: its weight grows to 1, so that a peer with cold caches is not met by its full share at
 * once. A pure function of the time given. Needs the destination's lock.
 *
 * <p>A connect tells of the time since it began: one from before an outage says nothing about it,
 * nor about what came after.
 */
final class EndpointHealth {
  /** Back-off is varied by up to a fifth in both directions, so that clients spread out. */
  private static final double JITTER = 0.2;

  /** What an endpoint counts for at least; Envoy's min_weight_percent has the same default. */
  private static final double LEAST_WEIGHT = 0.1;

  private final int failuresUntilDown;
  private final long firstBackOff;
  private final long longestBackOff;
  private final long slowStart;
  private int failures;
  private int outages;
  private long downUntil;
  private boolean probing;
  private boolean recovering;
  private long recoveredAt;

  EndpointHealth(PoolConfig config) {
    failuresUntilDown = config.failuresUntilDown();
    firstBackOff = config.firstBackOff().toNanos();
    longestBackOff = config.longestBackOff().toNanos();
    slowStart = config.slowStart().toNanos();
  }

  int failures() {
    return failures;
  }

  boolean isDown() {
    return failures >= failuresUntilDown;
  }

  /** Whether a connect may begin now. */
  boolean mayConnect(long now) {
    return !isDown() || (!probing && downUntil - now <= 0);
  }

  /**
   * Nanoseconds until a connect may find out whether the endpoint is back; MAX_VALUE where it is
   * not down, or where one is finding out.
   */
  long nanosToProbe(long now) {
    return isDown() && !probing ? Math.max(0, downUntil - now) : Long.MAX_VALUE;
  }

  /**
   * A connect begins.
   *
   * @return how many outages there were before, to be said again when it ends
   */
  int begins() {
    probing = isDown();
    return outages;
  }

  /** A connect has ended without telling anything about the endpoint. */
  void undecided(int begun) {
    if (begun == outages) {
      probing = false;
    }
  }

  /** What it counts for when work is shared out, 0.1 to 1: grows linearly after an outage. */
  double weight(long now) {
    if (!recovering) {
      return 1;
    }
    long elapsed = now - recoveredAt;
    if (elapsed >= slowStart) {
      recovering = false;
      return 1;
    }
    return Math.max(LEAST_WEIGHT, (double) elapsed / slowStart);
  }

  /** It is new beside others, and starts as one does that is back. */
  void comes(long now) {
    if (slowStart > 0) {
      recovering = true;
      recoveredAt = now;
    }
  }

  void succeeded(int begun, long now) {
    if (begun != outages) {
      return;
    }
    if (isDown()) {
      comes(now);
    }
    failures = 0;
    probing = false;
  }

  void failed(int begun, long now, RandomGenerator random) {
    if (begun != outages) {
      return;
    }
    failures++;
    probing = false;
    if (isDown()) {
      outages += failures == failuresUntilDown ? 1 : 0;
      int doublings = Math.min(30, failures - failuresUntilDown);
      long backOff = Math.min(longestBackOff, firstBackOff << doublings);
      if (backOff <= 0) {
        backOff = longestBackOff; // the shift has overflowed
      }
      downUntil = now + (long) (backOff * (1 - JITTER + 2 * JITTER * random.nextDouble()));
    }
  }
}
