package io.fourtuple.examples.bench.http;

import java.util.concurrent.atomic.AtomicLongArray;

/** How long requests took: counts in classes that are 1.6 % wide, or narrower. Thread-safe. */
public final class Latencies {
  /** Each power of two is cut in 64. */
  private static final int CUTS = 6;

  private static final int CLASSES = Long.SIZE << CUTS;

  private final AtomicLongArray counts = new AtomicLongArray(CLASSES);

  /** Counts one. */
  public void add(long nanos) {
    counts.getAndIncrement(classOf(nanos));
  }

  /** How many there are. */
  public long count() {
    return countBelow(CLASSES);
  }

  /** How many are of the classes below that of a time. */
  public long countBelow(long nanos) {
    return countBelow(classOf(nanos));
  }

  private long countBelow(int index) {
    long sum = 0;
    for (int i = 0; i < index; i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  /** The least time, in ns, of the class that so many of a hundred do not exceed; 0 for none. */
  public long percentile(int percent) {
    long rank = (count() * percent + 99) / 100;
    long sum = 0;
    for (int i = 0; i < CLASSES; i++) {
      sum += counts.get(i);
      if (sum >= rank && sum > 0) {
        return leastOf(i);
      }
    }
    return 0;
  }

  private static int classOf(long nanos) {
    long value = Math.max(0, nanos);
    if (value >> CUTS == 0) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - CUTS;
    return (shift << CUTS) + (int) (value >> shift);
  }

  private static long leastOf(int index) {
    int shift = Math.max(0, (index >> CUTS) - 1);
    return (long) (index - (shift << CUTS)) << shift;
  }
}
