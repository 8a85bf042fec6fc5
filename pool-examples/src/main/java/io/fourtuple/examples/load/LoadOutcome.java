package io.fourtuple.examples.load;

import io.fourtuple.examples.bench.http.Latencies;
import io.fourtuple.examples.command.MarkdownTable;
import io.fourtuple.host.PortDiagnosis;
import io.fourtuple.host.PortDiagnosis.Evidence;
import io.fourtuple.host.PortDiagnosis.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * How one side fared.
 *
 * @param title the side, with the way its callers run
 * @param tally what became of its callers
 * @param connections how many the server accepted
 * @param nanos how long it took
 * @param diagnoses the first error of each kind, put to the kernel's table while it was fresh
 */
record LoadOutcome(
    String title,
    LoadTally tally,
    int connections,
    long nanos,
    Map<Kind, PortDiagnosis> diagnoses) {
  private static final int BAR = 40;
  private static final long[] STEPS = {1, 2, 5};

  /** From a microsecond to 1,000 seconds. */
  private static final long[] TENFOLD =
      LongStream.iterate(1_000, unit -> unit * 10).limit(10).toArray();

  private static final double NANOS_PER_MILLI = 1e6;

  /** Both sides in a table, line by line. */
  static String table(LoadOutcome pool, LoadOutcome plain) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", pool.title, plain.title));
    rows.add(row("callers served", pool.tally.servedCallers(), plain.tally.servedCallers()));
    rows.add(row("callers failed", pool.tally.failedCallers(), plain.tally.failedCallers()));
    rows.add(row("callers not done in time", pool.tally.unfinished(), plain.tally.unfinished()));
    rows.add(
        row("requests answered", pool.tally.latencies().count(), plain.tally.latencies().count()));
    rows.add(row("connections", pool.connections, plain.connections));
    rows.add(List.of("seconds", pool.seconds(), plain.seconds()));
    for (int percent : new int[] {50, 90, 99, 100}) {
      String name = percent == 100 ? "longest request, ms" : "p" + percent + " of a request, ms";
      rows.add(List.of(name, pool.percentile(percent), plain.percentile(percent)));
    }
    return MarkdownTable.of(rows, Set.of(0));
  }

  private static List<String> row(String name, long pool, long plain) {
    return List.of(name, count(pool), count(plain));
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private String seconds() {
    return String.format(Locale.ROOT, "%.1f", nanos / (double) TimeUnit.SECONDS.toNanos(1));
  }

  private String percentile(int percent) {
    Latencies latencies = tally.latencies();
    return latencies.count() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.2f", latencies.percentile(percent) / NANOS_PER_MILLI);
  }

  /** How many requests took how long. */
  String plot() {
    return plot(tally.latencies());
  }

  /** Between 1, 2, 5, 10 and so on, from the first class that has any to the last. */
  static String plot(Latencies latencies) {
    List<Long> limits = new ArrayList<>(List.of(0L));
    List<Long> counts = new ArrayList<>();
    long all = latencies.count();
    long below = 0;
    for (int step = 0; below < all; step++) {
      long limit = STEPS[step % STEPS.length] * TENFOLD[step / STEPS.length];
      long next = latencies.countBelow(limit);
      if (next == 0) {
        limits.set(0, limit);
      } else {
        limits.add(limit);
        counts.add(next - below);
      }
      below = next;
    }
    long most = counts.stream().mapToLong(Long::longValue).max().orElse(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < counts.size(); i++) {
      long count = counts.get(i);
      long marks = count == 0 ? 0 : Math.max(1, count * BAR / most);
      text.append(
          String.format(
              Locale.ROOT,
              "  %8s .. %8s ms |%-" + BAR + "s| %,9d  %5.1f %%%n",
              millis(limits.get(i)),
              millis(limits.get(i + 1)),
              "#".repeat((int) marks),
              count,
              100.0 * count / all));
    }
    return text.toString();
  }

  private static String millis(long nanos) {
    return BigDecimal.valueOf(nanos, 6).stripTrailingZeros().toPlainString();
  }

  /** What those who failed met, each kind with its diagnosis. */
  String errors() {
    StringBuilder text = new StringBuilder();
    tally
        .failures()
        .forEach(
            (kind, count) ->
                text.append(String.format(Locale.ROOT, "%,d x ", count))
                    .append(diagnoses.get(kind))
                    .append(System.lineSeparator()));
    return text.toString();
  }

  /** Whether all callers were served. */
  boolean isServed() {
    return tally.failedCallers() == 0 && tally.unfinished() == 0;
  }

  /** Whether callers failed, and all for want of ports, as the kernel's table confirms. */
  boolean isShortOfPorts() {
    PortDiagnosis diagnosis = diagnoses.get(Kind.NO_LOCAL_PORT);
    return tally.failures().keySet().equals(Set.of(Kind.NO_LOCAL_PORT))
        && diagnosis != null
        && diagnosis.evidence() == Evidence.CONFIRMED;
  }
}
