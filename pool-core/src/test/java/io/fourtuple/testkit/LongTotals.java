package io.fourtuple.testkit;

import io.fourtuple.testkit.LongShape.Weather;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What came of all worlds of a long run that have ended. */
final class LongTotals {
  final LongTally tally = new LongTally();
  private final Map<String, Long> operations = new TreeMap<>();
  private final Map<Weather, Integer> worlds = new TreeMap<>();

  void add(Weather weather, Map<Class<?>, int[]> applied, LongTally other) {
    applied.forEach(
        (type, count) -> operations.merge(type.getSimpleName(), (long) count[0], Long::sum));
    worlds.merge(weather, 1, Integer::sum);
    tally.add(other);
  }

  long operations() {
    return operations.values().stream().mapToLong(count -> count).sum();
  }

  Map<Weather, Integer> worlds() {
    return worlds;
  }

  /** Lines of a table in Markdown. */
  List<String> rows() {
    List<String> rows = new ArrayList<>();
    worlds.forEach((weather, count) -> rows.add(row("worlds, " + weather, count)));
    rows.add(row("most routes in use at a time", tally.mostRoutes));
    operations.forEach((kind, count) -> rows.add(row("`" + kind + "`", count)));
    rows.add(row("`Acquire`: served", tally.served));
    rows.add(row("of these at once, by an idle connection", tally.atOnce));
    rows.add(row("`Acquire`: refused", tally.refused));
    rows.add(row("callers and demands that gave up", tally.gaveUp));
    rows.add(row("`TryAcquire`: got an idle connection", tally.tookIdle));
    rows.add(row("`TryAcquire`: found none", tally.foundNone));
    rows.add(row("demands of clients granted a port later", tally.granted));
    rows.add(row("connects", tally.connects));
    rows.add(row("connections opened", tally.opened));
    rows.add(row("refusals of the kernel, absorbed", tally.absorbed));
    rows.add(
        row(
            "of these, by a socket of our own that the ledger could have known",
            tally.unexplained));
    rows.add(row("refusals of the kernel, surfaced", tally.surfaced));
    rows.add(row("connects through a NAT", tally.natPassed));
    rows.add(row("began to wait where a port was free, and none of its NAT's", tally.waitedAtNat));
    rows.add(
        row("`Acquire`: refused where a port was free, and none of its cap", tally.refusedAtNat));
    rows.add(
        row("`Connect`: refused where a port was free, and none of its NAT's", tally.foundNatFull));
    rows.add(row("demands of clients granted a port later, behind a NAT", tally.grantedAtNat));
    rows.add(row("SYNs dropped by a NAT, under OBSERVE", tally.natDropped));
    rows.add(row("SYNs dropped by a NAT, of those who counted", tally.natSurprised));
    return rows;
  }

  static String row(String what, Object value) {
    return "| "
        + what
        + " | "
        + (value instanceof Number n ? String.format(Locale.ROOT, "%,d", n.longValue()) : value)
        + " |";
  }
}
