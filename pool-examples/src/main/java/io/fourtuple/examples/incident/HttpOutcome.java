package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What became of the requests of one client.
 *
 * @param server what the server was like
 * @param client whose
 * @param asked requests begun
 * @param succeeded with status 200
 * @param failed all others
 * @param firstFailure what the first exception said; empty without one
 * @param connections that the server has accepted
 * @param peakPorts of its 64, TIME_WAIT included
 * @param millis until the last has ended
 */
record HttpOutcome(
    HttpCase server,
    HttpSide client,
    int asked,
    int succeeded,
    int failed,
    String firstFailure,
    int connections,
    int peakPorts,
    long millis) {
  private static final Set<Integer> TEXTS = Set.of(0, 1, 8);

  /** One row for each. */
  static String table(List<HttpOutcome> outcomes) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "server",
            "client",
            "asked",
            "succeeded",
            "failed",
            "connections",
            "peak ports",
            "seconds",
            "first exception"));
    for (HttpOutcome each : outcomes) {
      rows.add(
          List.of(
              each.server.label(),
              each.client.label(),
              number(each.asked),
              number(each.succeeded),
              number(each.failed),
              number(each.connections),
              number(each.peakPorts),
              String.format(Locale.ROOT, "%.1f", each.millis / 1e3),
              each.firstFailure));
    }
    return MarkdownTable.of(rows, TEXTS);
  }

  private static String number(int count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
