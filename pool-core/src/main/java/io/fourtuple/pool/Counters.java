package io.fourtuple.pool;

import java.util.Collection;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a destination counts. Thread-safe, but for reading. Leases are counted by the connections
 * that are there; here are only those of connections that were.
 */
final class Counters {
  private final LongAdder acquired = new LongAdder();
  private final LongAdder reused = new LongAdder();
  final LongAdder opened = new LongAdder();
  final LongAdder connectFailed = new LongAdder();
  final LongAdder absorbed = new LongAdder();
  final LongAdder surfaced = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder leaked = new LongAdder();

  // What was read last: a lease that is not given after all does not make them go back.
  private long acquiredLast;
  private long reusedLast;

  /** A connection is gone, with so many leases. */
  void gave(PooledConnection<?> connection) {
    acquired.add(connection.leases());
    reused.add(Math.max(0, connection.leases() - 1));
  }

  /** A lease was made, but its connection turned out to be unfit before anybody got it. */
  void notGiven(Lease<?> lease) {
    acquired.decrement();
    if (lease.pooled().leases() > 1) {
      reused.decrement();
    }
  }

  /** Reads them all, given the connections that are there; none is ever less. Inside. */
  PoolCounters read(Collection<? extends PooledConnection<?>> there) {
    long acquiredNow = acquired.sum();
    long reusedNow = reused.sum();
    for (PooledConnection<?> connection : there) {
      long leases = connection.leases();
      acquiredNow += leases;
      reusedNow += Math.max(0, leases - 1);
    }
    acquiredLast = Math.max(acquiredLast, acquiredNow);
    reusedLast = Math.max(reusedLast, reusedNow);
    return new PoolCounters(
        acquiredLast,
        reusedLast,
        opened.sum(),
        connectFailed.sum(),
        absorbed.sum(),
        surfaced.sum(),
        refused.sum(),
        leaked.sum());
  }
}
