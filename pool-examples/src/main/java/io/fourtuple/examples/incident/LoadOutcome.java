package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What became of the callers.
 *
 * @param way how they got their connections
 * @param callers how many there were
 * @param served whose requests were all answered
 * @param firstFailure what the first of the others was told; empty for none
 * @param peak ports in use at most, as the kernel showed
 */
record LoadOutcome(
    String way, int callers, int served, String firstFailure, int peak, long millis) {
  static String table(List<LoadOutcome> outcomes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("", "callers", "served", "failed", "peak ports", "seconds", "first failure"));
    for (LoadOutcome outcome : outcomes) {
      rows.add(
          List.of(
              outcome.way,
              number(outcome.callers),
              number(outcome.served),
              number(outcome.callers - outcome.served),
              number(outcome.peak),
              String.format(Locale.ROOT, "%.1f", outcome.millis / 1_000.0),
              outcome.firstFailure));
    }
    return MarkdownTable.of(rows, Set.of(0, 6));
  }

  private static String number(int value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
