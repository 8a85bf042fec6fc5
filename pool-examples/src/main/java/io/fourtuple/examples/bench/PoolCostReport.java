package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The results of {@code pool-cost}: as a table, as JSON, and against the bar. */
final class PoolCostReport {
  /** What one operation may allocate: a lease. */
  private static final double MOST_BYTES = 32;

  private static final Set<Integer> TEXTS = Set.of(0);
  private static final String NOTHING = "";

  private final List<PoolCostResult> results;

  PoolCostReport(List<PoolCostResult> results) {
    this.results = List.copyOf(results);
  }

  /** A table for each contest, under its title. */
  String table() {
    StringBuilder text = new StringBuilder();
    for (Contest contest : Contest.values()) {
      List<PoolCostResult> those =
          results.stream().filter(result -> result.contest() == contest).toList();
      if (!those.isEmpty()) {
        text.append(text.isEmpty() ? "" : "\n").append(contest.label()).append(":\n\n");
        text.append(table(those));
      }
    }
    return text.toString();
  }

  private String table(List<PoolCostResult> those) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("", "CPU, ns", "least to most", "to the floor", "less clock", "bytes", "wall, ns"));
    for (PoolCostResult each : those) {
      rows.add(
          List.of(
              each.entrant().label(),
              number(each.cpu().median()),
              number(each.cpu().least()) + " to " + number(each.cpu().most()),
              number(each.cpu().median() / floor(each.contest())),
              each.entrant().isOurs() ? number(timesTheFloor(each)) : NOTHING,
              String.format(Locale.ROOT, "%,.0f", each.bytes().median()),
              number(each.wall().median())));
    }
    return MarkdownTable.of(rows, TEXTS);
  }

  /** Each bar that this library's {@code tryAcquire} has missed, in words. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    for (PoolCostResult each : results) {
      double bar = each.contest().bar();
      if (each.entrant() != Entrant.IMMEDIATE || Double.isInfinite(bar)) {
        continue;
      }
      if (timesTheFloor(each) > bar) {
        missed.add(
            String.format(
                Locale.ROOT,
                "%s: %.1f times the floor beside two clock reads, at most %.0f are promised",
                each.contest().label(),
                timesTheFloor(each),
                bar));
      }
      if (each.bytes().median() > MOST_BYTES) {
        missed.add(
            String.format(
                Locale.ROOT,
                "%s: %.0f bytes per operation, at most %.0f are promised",
                each.contest().label(),
                each.bytes().median(),
                MOST_BYTES));
      }
    }
    return missed;
  }

  /** One JSON document (RFC 8259), with a line feed at its end. */
  String json() {
    return results.stream()
        .map(PoolCostReport::json)
        .collect(Collectors.joining(",\n", "{\"results\":[\n", "\n]}\n"));
  }

  private static String json(PoolCostResult result) {
    return String.format(
        Locale.ROOT,
        "{\"threads\":%d,\"connections\":%d,\"pool\":\"%s\",\"cpuNs\":%.2f,\"cpuNsLeast\":%.2f,"
            + "\"cpuNsMost\":%.2f,\"bytes\":%.2f,\"wallNs\":%.2f}",
        result.contest().threads(),
        result.contest().connections(),
        result.entrant().title(),
        result.cpu().median(),
        result.cpu().least(),
        result.cpu().most(),
        result.bytes().median(),
        result.wall().median());
  }

  private double timesTheFloor(PoolCostResult ours) {
    return (ours.cpu().median() - cpu(ours.contest(), Entrant.CLOCK)) / floor(ours.contest());
  }

  private double floor(Contest contest) {
    return cpu(contest, Entrant.FLOOR);
  }

  private double cpu(Contest contest, Entrant entrant) {
    Optional<PoolCostResult> found =
        results.stream()
            .filter(result -> result.contest() == contest && result.entrant() == entrant)
            .findFirst();
    return found.orElseThrow().cpu().median();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }
}
