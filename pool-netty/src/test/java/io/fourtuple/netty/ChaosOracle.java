package io.fourtuple.netty;

import io.fourtuple.pool.PoolCounters;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.LedgerStats;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * What must hold on bad days, too. Each look returns what does not, and nothing where all is well.
 */
final class ChaosOracle {
  private ChaosOracle() {}

  /** At any moment, whatever happens. */
  static List<String> always(
      SoakTally tally, PoolCounters counters, LedgerStats stats, List<PortCensus> routes) {
    List<String> found = new ArrayList<>(tally.faults());
    long ended = tally.ended.sum(); // before those that ask meanwhile
    expectAtMost(found, "answers to callers", ended, tally.asked.sum());
    expectAtMost(found, "refusals of the kernel surfaced", counters.surfaced(), 0);
    expectAtMost(found, "leases leaked", counters.leaked(), 0);
    expectAtMost(found, "faults of the ledger", stats.faults(), 0);
    for (PortCensus census : routes) {
      int used = census.reserved() + census.connecting() + census.established() + census.closing();
      expectAtMost(
          found, "ports in use on " + census.route(), used, census.route().source().ports().size());
    }
    return found;
  }

  /** When nobody asks any more, and all that was begun has had its time. */
  static List<String> atRest(SoakTally tally, PoolSnapshot pool, PortLedger ledger) {
    List<String> found = new ArrayList<>(tally.faults());
    List<PortCensus> census = ledger.census();
    expect(found, "callers answered", tally.ended.sum(), tally.asked.sum());
    expect(found, "leases out", pool.leases(), 0);
    expect(found, "connects in progress", pool.connecting(), 0);
    expect(found, "callers that wait", pool.waiting(), 0);
    expect(found, "callers that wait for a port", sum(census, PortCensus::waiting), 0);
    expect(found, "reservations without an owner", sum(census, PortCensus::reserved), 0);
    expect(found, "connects without an owner", sum(census, PortCensus::connecting), 0);
    expect(found, "ports that stay closing", sum(census, PortCensus::closing), 0);
    expect(
        found,
        "ports of connections",
        sum(census, PortCensus::established),
        pool.idle() + pool.leased());
    found.addAll(Agreement.differences(ledger, Agreement.Rests.DO_NOT_COUNT));
    return found;
  }

  /** After a day, against the first. */
  static List<String> leftInMemory(Remains before, Remains after) {
    List<String> found = new ArrayList<>();
    expectAtMost(found, "bytes of heap", after.heap(), before.heap() + SoakMain.HEAP_MARGIN);
    return found;
  }

  /** Likewise. Some files are open only for a moment. */
  static List<String> leftOpen(Remains before, List<String> threads, Map<String, Integer> files) {
    List<String> found = new ArrayList<>();
    if (withoutLoops(threads).size() > withoutLoops(before.threads()).size()) {
      found.add("threads: " + threads + ", began with " + before.threads());
    }
    if (Remains.sum(files) > Remains.sum(before.files())) {
      found.add("open files: " + files + ", began with " + before.files());
    }
    return found;
  }

  /**
   * Each loop starts its thread when it is needed first; its files are there from the beginning.
   */
  private static List<String> withoutLoops(List<String> threads) {
    return threads.stream().filter(name -> !name.matches("fourtuple-[A-Z_]+-.*")).toList();
  }

  private static int sum(List<PortCensus> census, ToIntFunction<PortCensus> count) {
    return census.stream().mapToInt(count).sum();
  }

  private static void expect(List<String> found, String what, long is, long expected) {
    if (is != expected) {
      found.add(what + ": " + is + ", should be " + expected);
    }
  }

  private static void expectAtMost(List<String> found, String what, long is, long most) {
    if (is > most) {
      found.add(what + ": " + is + ", at most " + most);
    }
  }
}
