package io.fourtuple.examples.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What one figure came to in each iteration. Not thread-safe. */
public final class Samples {
  private final List<Double> values = new ArrayList<>();

  /** One more. */
  public void add(double value) {
    values.add(value);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return values.isEmpty();
  }

  /** The middle one, or the mean of the two in the middle. */
  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** The smallest. */
  public double least() {
    return Collections.min(values);
  }

  /** The largest. */
  public double most() {
    return Collections.max(values);
  }
}
