package io.fourtuple.time;

import java.time.Duration;

/**
 * A moment on a {@link Ticker}'s scale, in nanoseconds. Comparisons survive the wrap-around of the
 * scale as long as moments lie less than 146 years apart.
 *
 * @param tick the moment
 */
public record Deadline(long tick) {
  /** Half of the range of comparable ticks: later deadlines are brought down to it. */
  private static final long FARTHEST_NANOS = Long.MAX_VALUE / 2;

  /**
   * The moment {@code timeout} after {@code now}.
   *
   * @param timeout zero or negative gives a deadline that is already over; more than 146 years
   *     counts as 146 years
   */
  public static Deadline after(long now, Duration timeout) {
    return new Deadline(now + saturatedNanos(timeout));
  }

  /** Whether the deadline has come. */
  public boolean isOver(long now) {
    return tick - now <= 0;
  }

  /** Nanoseconds left, zero where it is over. */
  public long nanosLeft(long now) {
    return Math.max(0, tick - now);
  }

  /** Time left, zero where it is over. */
  public Duration left(long now) {
    return Duration.ofNanos(nanosLeft(now));
  }

  /** Whether this moment lies before {@code other}. */
  public boolean isBefore(Deadline other) {
    return tick - other.tick < 0;
  }

  private static long saturatedNanos(Duration timeout) {
    if (timeout.isNegative()) {
      return 0;
    }
    return timeout.compareTo(Duration.ofNanos(FARTHEST_NANOS)) >= 0
        ? FARTHEST_NANOS
        : timeout.toNanos();
  }
}
