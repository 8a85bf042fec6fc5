package io.fourtuple.port;

import java.util.SplittableRandom;

/** Makes what a ledger leaves to chance the same in each run. */
public final class LedgerChance {
  private LedgerChance() {}

  /** The ledgers that {@code builder} makes next do the same for the same seed. */
  public static void seed(PortLedgerBuilder builder, long seed) {
    builder.random(() -> new SplittableRandom(seed));
  }
}
