package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results for people: plain text that is also a Markdown table. */
final class TableReport {
  private static final int BAR = 32;

  /** The library's messages carry the arithmetic of several routes: more than a line holds. */
  private static final int ERROR = 180;

  private static final Set<Integer> FIRST_AND_LAST = Set.of(0, 11);

  private TableReport() {}

  /** One line, or two, for one phase. */
  static String line(PhaseResult result) {
    String title = String.format("  %-26s ", result.phase().title());
    if (!result.ran()) {
      return title + "skipped: " + result.skipped();
    }
    String counts =
        String.format(
            Locale.ROOT,
            "%s: %,d succeeded, %,d refused, %,d failed; peak %,d of %,d ports; %.1f s",
            verdict(result),
            result.succeeded(),
            result.refused(),
            result.failed(),
            result.peakPorts(),
            result.phase().capacity(),
            result.elapsedMillis() / 1000.0);
    return result.firstError() == null
        ? title + counts
        : title + counts + System.lineSeparator() + "    first error: " + cut(result.firstError());
  }

  private static String cut(String error) {
    return error.length() <= ERROR ? error : error.substring(0, ERROR) + "...";
  }

  /** A row for each phase. */
  static String table(List<PhaseResult> results) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "phase",
            "capacity",
            "requests",
            "succeeded",
            "refused",
            "failed",
            "surfaced",
            "absorbed",
            "opened",
            "peak",
            "seconds",
            "promise"));
    results.forEach(result -> rows.add(row(result)));
    return MarkdownTable.of(rows, FIRST_AND_LAST);
  }

  /** A bar for each phase that ran: ports in use at the peak, one mark for so many ports. */
  static String bars(List<PhaseResult> results) {
    List<PhaseResult> shown = results.stream().filter(PhaseResult::ran).toList();
    int most =
        shown.stream()
            .mapToInt(result -> Math.max(result.peakPorts(), result.phase().capacity()))
            .max()
            .orElse(0);
    StringBuilder text = new StringBuilder();
    for (PhaseResult result : shown) {
      int capacity = result.phase().capacity();
      int used = length(result.peakPorts(), most);
      text.append(
          String.format(
              Locale.ROOT,
              "%-26s |%s%s %d of %d%n",
              result.phase().title(),
              "#".repeat(used),
              ".".repeat(Math.max(0, length(capacity, most) - used)),
              result.peakPorts(),
              capacity));
    }
    return text.toString();
  }

  private static int length(int ports, int most) {
    return most == 0 ? 0 : Math.round((float) ports * BAR / most);
  }

  private static List<String> row(PhaseResult result) {
    if (!result.ran()) {
      List<String> row = new ArrayList<>();
      row.add(result.phase().title());
      row.add(grouped(result.phase().capacity()));
      while (row.size() < 11) {
        row.add("-");
      }
      row.add("skipped");
      return row;
    }
    return List.of(
        result.phase().title(),
        grouped(result.phase().capacity()),
        grouped(result.requests()),
        grouped(result.succeeded()),
        grouped(result.refused()),
        grouped(result.failed()),
        grouped(result.surfaced()),
        grouped(result.absorbed()),
        grouped(result.opened()),
        grouped(result.peakPorts()),
        String.format(Locale.ROOT, "%.1f", result.elapsedMillis() / 1000.0),
        verdict(result));
  }

  private static String verdict(PhaseResult result) {
    return BrokenPromise.in(result).isEmpty() ? "kept" : "BROKEN";
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
