package io.fourtuple.pool;

/** Whether lost leases are found, and how surely their place of acquisition is named. */
public enum LeakDetection {
  /** Lost leases keep their connections for ever. */
  OFF,
  /**
   * Lost leases are found when the garbage collector finds them, and their connections closed. Few
   * acquisitions record their place; once a lease is lost without one, all do. The default.
   */
  ON,
  /** Every acquisition records its place from the beginning, which costs a stack trace each. */
  TRACED
}
