package io.fourtuple.examples.incident;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long something took, how often: four buckets for each doubling, from 1 microsecond on.
 * Thread-safe.
 */
final class LatencyHistogram {
  private static final int PER_DOUBLING = 4;
  private static final int BUCKETS = 40 * PER_DOUBLING;
  private static final int BAR = 50;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  void add(long nanos) {
    counts.incrementAndGet(bucket(nanos));
  }

  private static int bucket(long nanos) {
    double doublings = Math.log(Math.max(1.0, nanos / 1_000.0)) / Math.log(2);
    return Math.min(BUCKETS - 1, (int) (doublings * PER_DOUBLING));
  }

  /** The upper end of a bucket. */
  private static double millis(int bucket) {
    return Math.pow(2, (bucket + 1) / (double) PER_DOUBLING) / 1_000;
  }

  long count() {
    long all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += counts.get(i);
    }
    return all;
  }

  /** That share of all took at most so many milliseconds, rounded up by 19 % at most. */
  double percentile(double percent) {
    long wanted = (long) Math.ceil(count() * percent / 100);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts.get(i);
      if (seen >= wanted && seen > 0) {
        return millis(i);
      }
    }
    return 0;
  }

  /** A line for each doubling between the shortest and the longest, with a bar. */
  String plot() {
    long[] rows = new long[BUCKETS / PER_DOUBLING];
    long most = 1;
    int first = rows.length;
    int last = 0;
    for (int i = 0; i < BUCKETS; i++) {
      rows[i / PER_DOUBLING] += counts.get(i);
    }
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] > 0) {
        first = Math.min(first, row);
        last = row;
        most = Math.max(most, rows[row]);
      }
    }
    StringBuilder text = new StringBuilder();
    for (int row = first; row <= last; row++) {
      text.append(
          String.format(
              Locale.ROOT,
              "  up to %,10.3f ms %,9d  %s%n",
              millis((row + 1) * PER_DOUBLING - 1),
              rows[row],
              "#".repeat((int) Math.ceil(BAR * (double) rows[row] / most))));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "  50 %% within %,.1f ms, 90 %% %,.1f, 99 %% %,.1f, all %,.1f%n",
            percentile(50),
            percentile(90),
            percentile(99),
            percentile(100)));
    return text.toString();
  }
}
