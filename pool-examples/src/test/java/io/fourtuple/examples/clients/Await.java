package io.fourtuple.examples.clients;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what other threads bring about. */
final class Await {
  private static final long LOOK_AGAIN_NANOS = 1_000_000;

  /** 30 s or longer. */
  private static final int LOOKS_WITHOUT_PROGRESS = 30_000;

  private Await() {}

  /** Fails where it does not come, and {@code progress} stays the same. */
  static void until(String what, BooleanSupplier condition, Supplier<?> progress) {
    Object before = progress.get();
    for (int i = 0; !condition.getAsBoolean(); i++) {
      Object now = progress.get();
      if (!now.equals(before)) {
        before = now;
        i = 0;
      } else if (i == LOOKS_WITHOUT_PROGRESS) {
        throw new AssertionError("never came: " + what + "; " + now);
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }
}
