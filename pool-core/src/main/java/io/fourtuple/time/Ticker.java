package io.fourtuple.time;

/**
 * Where time is read. Time is a parameter everywhere in this library, so that tests can own it.
 *
 * <p>Implementations must be thread-safe.
 */
@FunctionalInterface
public interface Ticker {
  /**
   * The current tick in nanoseconds. Only differences between ticks mean anything; they may wrap
   * around, so compare them by subtraction as {@link Deadline} does.
   */
  long read();

  /** The ticker of this machine, which is {@link System#nanoTime()}. */
  static Ticker system() {
    return SystemTicker.INSTANCE;
  }
}
