package io.fourtuple.netty;

import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.NameResolutionException;
import io.fourtuple.pool.PoolClosedException;
import io.fourtuple.pool.PoolCounters;
import io.fourtuple.port.PortsExhaustedException;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** What the callers of a soak have met. Thread-safe. */
final class SoakTally {
  private static final int MOST_FAULTS = 20;

  /** With so hard a life callers are refused, but in no other way. */
  private static final Set<Class<?>> FAIR =
      Set.of(
          AcquireTimeoutException.class,
          ConnectFailedException.class,
          NameResolutionException.class,
          PortsExhaustedException.class,
          PoolClosedException.class,
          CancellationException.class);

  final LongAdder asked = new LongAdder();
  final LongAdder answered = new LongAdder();
  final LongAdder unanswered = new LongAdder();
  final LongAdder ended = new LongAdder();
  final LongAdder kills = new LongAdder();
  final LongAdder reopened = new LongAdder();
  final LongAdder neighbours = new LongAdder();
  private final Map<String, LongAdder> refusals = new ConcurrentHashMap<>();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private PoolCounters ofClosedPools = new PoolCounters(0, 0, 0, 0, 0, 0, 0, 0);

  /** Somebody asks. */
  Once asks() {
    asked.increment();
    return new Once();
  }

  /** One that asks, and is to be answered once. */
  final class Once {
    private final AtomicBoolean ended = new AtomicBoolean();

    void ends() {
      SoakTally.this.ended.increment();
      if (!ended.compareAndSet(false, true)) {
        fault("completed twice");
      }
    }
  }

  void refused(Throwable why) {
    refusals.computeIfAbsent(why.getClass().getSimpleName(), name -> new LongAdder()).increment();
    if (!FAIR.contains(why.getClass())) {
      fault("refused with " + why);
    }
  }

  void fault(String what) {
    if (faults.size() < MOST_FAULTS) {
      faults.add(what);
    }
  }

  Queue<String> faults() {
    return faults;
  }

  /** By their names. */
  Map<String, Long> refusals() {
    Map<String, Long> counts = new TreeMap<>();
    refusals.forEach((why, count) -> counts.put(why, count.sum()));
    return counts;
  }

  /** What others have met, but for their pools. */
  void add(SoakTally other) {
    asked.add(other.asked.sum());
    answered.add(other.answered.sum());
    unanswered.add(other.unanswered.sum());
    ended.add(other.ended.sum());
    kills.add(other.kills.sum());
    reopened.add(other.reopened.sum());
    neighbours.add(other.neighbours.sum());
    other.refusals.forEach(
        (why, count) -> refusals.computeIfAbsent(why, name -> new LongAdder()).add(count.sum()));
    faults.addAll(other.faults);
  }

  synchronized void poolClosed(PoolCounters counters) {
    ofClosedPools = sum(ofClosedPools, counters);
  }

  /** Over all pools that are closed by now. */
  synchronized PoolCounters counters() {
    return ofClosedPools;
  }

  static PoolCounters sum(PoolCounters a, PoolCounters b) {
    return new PoolCounters(
        a.acquired() + b.acquired(),
        a.reused() + b.reused(),
        a.opened() + b.opened(),
        a.connectFailed() + b.connectFailed(),
        a.absorbed() + b.absorbed(),
        a.surfaced() + b.surfaced(),
        a.refused() + b.refused(),
        a.leaked() + b.leaked());
  }

  @Override
  public String toString() {
    return "%,d asked, %,d ended, %,d answered, %,d unanswered, refused %s; %d kills, %d pools reopened, %,d neighbours"
        .formatted(
            asked.sum(),
            ended.sum(),
            answered.sum(),
            unanswered.sum(),
            new TreeMap<>(refusals),
            kills.sum(),
            reopened.sum(),
            neighbours.sum());
  }
}
