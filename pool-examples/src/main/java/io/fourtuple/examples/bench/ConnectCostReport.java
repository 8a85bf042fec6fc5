package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The results of {@code connect-cost}: as a table, and against the bar. */
final class ConnectCostReport {
  /** How many times the cost of an empty range a connect may cost. */
  private static final double BAR = 1.5;

  private static final Set<Integer> TEXTS = Set.of(0);
  private static final String NOTHING = "";

  private final List<ConnectCostResult> results;

  ConnectCostReport(List<ConnectCostResult> results) {
    this.results = List.copyOf(results);
  }

  /** A row for each series. */
  String table() {
    List<List<String>> rows = new ArrayList<>();
    List<String> titles = new ArrayList<>(List.of(NOTHING));
    for (Band band : Band.values()) {
      titles.add(band.label());
    }
    titles.addAll(List.of("100 %, refused", "connects for these", "fullest to empty"));
    rows.add(titles);
    for (ConnectCostResult result : results) {
      List<String> row = new ArrayList<>(List.of(result.series().label()));
      for (Band band : Band.values()) {
        row.add(number(result.at(band).median()));
      }
      boolean refused = result.series().endsFull();
      row.add(refused ? number(result.refused().median()) : NOTHING);
      row.add(refused ? String.format(Locale.ROOT, "%,d", result.connectsWhileRefused()) : NOTHING);
      row.add(String.format(Locale.ROOT, "%.2f", result.ratio(Band.FULL)));
      rows.add(row);
    }
    return MarkdownTable.of(rows, TEXTS);
  }

  /** Each bar that was missed, in words. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    for (ConnectCostResult result : results) {
      String label = result.series().label();
      if (result.series().isPromisedFlat() && result.ratio(Band.FULL) > BAR) {
        missed.add(
            String.format(
                Locale.ROOT,
                "%s: a connect at 99.9 %% costs %.2f times one at 1 %%, at most %.1f are promised",
                label,
                result.ratio(Band.FULL),
                BAR));
      }
      if (result.series() != ConnectSeries.PLAIN && result.connectsWhileRefused() > 0) {
        missed.add(
            label + ": " + result.connectsWhileRefused() + " connects for callers without a port");
      }
    }
    return missed;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%,.1f", value);
  }
}
