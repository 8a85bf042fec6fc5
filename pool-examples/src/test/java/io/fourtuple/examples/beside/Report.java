package io.fourtuple.examples.beside;

import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Results as a table. */
final class Report {
  private static final List<String> TITLES =
      List.of(
          "case",
          "contestant",
          "asked",
          "served",
          "503",
          "failed",
          "lost later",
          "p99, ms",
          "503 after, ms: median",
          "p99",
          "CPU per request, us",
          "without compiling",
          "peak ports");

  private Report() {}

  static String table(Plan plan, List<Result> results) {
    List<List<String>> rows = new ArrayList<>(List.of(TITLES));
    for (Result each : results) {
      Answers answers = each.answers();
      rows.add(
          List.of(
              each.where().title,
              each.who().title,
              number(each.asked()),
              number(answers.served()),
              number(answers.refused()),
              number(answers.failed()),
              number(answers.lost()),
              millis(answers.p99()),
              millis(answers.refusal().median()),
              millis(answers.refusal().p99()),
              micros(each.cpuPerRequest()),
              micros(each.compiledCpuPerRequest()),
              number(each.peakPorts())));
    }
    return plan.ports() + " local ports:\n\n" + MarkdownTable.of(rows, Set.of(0, 1));
  }

  private static String millis(long micros) {
    return micros == 0 ? "-" : String.format(Locale.ROOT, "%,.1f", micros / 1_000.0);
  }

  private static String micros(double each) {
    return each == 0 ? "-" : String.format(Locale.ROOT, "%,.1f", each);
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
