package io.fourtuple.examples.load;

import io.fourtuple.examples.bench.http.Latencies;
import io.fourtuple.host.PortDiagnosis;
import io.fourtuple.host.PortDiagnosis.Kind;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What became of the callers of one side. Thread-safe. */
final class LoadTally {
  private final Latencies latencies = new Latencies();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final Map<Kind, Integer> failures =
      Collections.synchronizedMap(new EnumMap<>(Kind.class));
  private final Map<Kind, Throwable> firsts =
      Collections.synchronizedMap(new EnumMap<>(Kind.class));
  private final CountDownLatch ended;
  private final int callers;
  private volatile boolean over;

  LoadTally(int callers) {
    this.callers = callers;
    ended = new CountDownLatch(callers);
  }

  /** A request was answered. */
  void answered(long nanos) {
    if (!over) {
      latencies.add(nanos);
    }
  }

  /** A caller got all its answers. */
  void served() {
    if (!over) {
      served.incrementAndGet();
      ended.countDown();
    }
  }

  /** A caller failed, with all requests that it had left. */
  void failed(Throwable error) {
    if (!over) {
      Kind kind = PortDiagnosis.of(error).kind();
      firsts.putIfAbsent(kind, error);
      failures.merge(kind, 1, Integer::sum);
      failed.incrementAndGet();
      ended.countDown();
    }
  }

  /** Waits for the last caller, but no longer; what comes later does not count. */
  void awaitAll(int seconds) throws InterruptedException {
    over = !ended.await(seconds, TimeUnit.SECONDS);
  }

  int servedCallers() {
    return served.get();
  }

  int failedCallers() {
    return failed.get();
  }

  /** Callers that have neither been served nor failed. */
  int unfinished() {
    return callers - served.get() - failed.get();
  }

  /** How long the answered requests took, the wait for a connection included. */
  Latencies latencies() {
    return latencies;
  }

  /** How many callers failed, by what was wanting. */
  Map<Kind, Integer> failures() {
    return copyOf(failures);
  }

  /** The first error of each kind. */
  Map<Kind, Throwable> firsts() {
    return copyOf(firsts);
  }

  private static <V> Map<Kind, V> copyOf(Map<Kind, V> map) {
    Map<Kind, V> copy = new EnumMap<>(Kind.class);
    synchronized (map) {
      copy.putAll(map);
    }
    return copy;
  }
}
