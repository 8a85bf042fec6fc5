package io.fourtuple.examples.beside;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits, for what cannot tell when it has come. */
final class Pause {
  private static final Duration STEP = Duration.ofMillis(20);

  private Pause() {}

  /** Whether it has come. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  static void of(Duration time) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  static void until(String what, Condition condition) throws IOException {
    until(what, Plan.PATIENCE, condition);
  }

  static void until(String what, Duration patience, Condition condition) throws IOException {
    long begin = System.nanoTime();
    while (!condition.holds()) {
      if (System.nanoTime() - begin > patience.toNanos()) {
        throw new IOException("not within " + patience + ": " + what);
      }
      of(STEP);
    }
  }
}
