package io.fourtuple.pool;

import java.util.concurrent.atomic.LongAdder;

/** What a destination counts. Thread-safe. */
final class Counters {
  final LongAdder acquired = new LongAdder();
  final LongAdder reused = new LongAdder();
  final LongAdder opened = new LongAdder();
  final LongAdder connectFailed = new LongAdder();
  final LongAdder absorbed = new LongAdder();
  final LongAdder surfaced = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder leaked = new LongAdder();

  PoolCounters read() {
    return new PoolCounters(
        acquired.sum(),
        reused.sum(),
        opened.sum(),
        connectFailed.sum(),
        absorbed.sum(),
        surfaced.sum(),
        refused.sum(),
        leaked.sum());
  }
}
