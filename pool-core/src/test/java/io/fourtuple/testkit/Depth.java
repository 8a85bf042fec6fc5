package io.fourtuple.testkit;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * How deep Lincheck looks: a few seconds for each test, or as long as {@code fourtuple.lincheck}
 * says, a factor on the number of scenarios.
 */
public final class Depth {
  private static final int FACTOR = Integer.getInteger("fourtuple.lincheck", 1);

  private Depth() {}

  /** Every switch between threads is tried that fits. */
  public static ModelCheckingOptions modelChecking() {
    return new ModelCheckingOptions()
        .iterations(3 * FACTOR)
        .invocationsPerIteration(100)
        .threads(2)
        .actorsBefore(2)
        .actorsPerThread(3)
        .actorsAfter(1);
  }

  /** Threads that really run side by side. */
  public static StressOptions stress() {
    return new StressOptions()
        .iterations(5 * FACTOR)
        .invocationsPerIteration(300)
        .threads(3)
        .actorsBefore(2)
        .actorsPerThread(3)
        .actorsAfter(1);
  }
}
