package io.fourtuple.examples.bench.http;

import io.fourtuple.examples.bench.Samples;
import io.fourtuple.examples.command.MarkdownTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The results of {@code http-cost}: as tables, as JSON, and against the bar. */
final class HttpCostReport {
  /** How many times the processor time of the limit this library may take. */
  private static final double MOST_RATIO = 1.25;

  /** What this library may allocate for a small response. */
  private static final double MOST_BYTES = 4 << 10;

  private static final Set<Integer> TEXTS = Set.of(0);

  private final Map<String, List<HttpCostResult>> cells = new LinkedHashMap<>();

  HttpCostReport(List<HttpCostResult> results) {
    for (HttpCostResult each : results) {
      cells.computeIfAbsent(label(each), label -> new ArrayList<>()).add(each);
    }
  }

  private static String label(HttpCostResult result) {
    return result.body().label() + ", " + result.concurrency() + " at a time";
  }

  /** A table for each body and concurrency, under its title. */
  String table() {
    StringBuilder text = new StringBuilder();
    cells.forEach(
        (label, those) ->
            text.append(text.isEmpty() ? "" : "\n").append(label).append(":\n\n" + table(those)));
    return text.toString();
  }

  private static String table(List<HttpCostResult> those) {
    HttpCostResult limit = of(those, HttpEntrant.MINIMAL).orElseThrow();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "",
            "CPU, us",
            "in kernel",
            "to netty-min",
            "least to most",
            "requests/s",
            "bytes",
            "p99, us",
            "connects",
            "failures"));
    for (HttpCostResult each : those) {
      Samples ratios = each.ratios(limit);
      rows.add(
          List.of(
              each.entrant().label(),
              number("%,.1f", each.each(HttpFigures::cpuMicrosPerRequest)),
              number("%,.1f", each.each(HttpFigures::kernelMicrosPerRequest)),
              number("%,.2f", ratios),
              String.format(Locale.ROOT, "%,.2f to %,.2f", ratios.least(), ratios.most()),
              number("%,.0f", each.each(HttpFigures::requestsPerSecond)),
              number("%,.0f", each.each(HttpFigures::bytesPerRequest)),
              number("%,.0f", each.each(HttpFigures::p99Micros)),
              String.valueOf(each.connects()),
              String.valueOf(each.failures())));
    }
    return MarkdownTable.of(rows, TEXTS);
  }

  /** What failed, in words: there are figures for it all the same. */
  List<String> failed() {
    List<String> failed = new ArrayList<>();
    cells.forEach(
        (label, those) ->
            those.stream()
                .filter(each -> each.failures() > 0)
                .forEach(
                    each ->
                        failed.add(
                            label
                                + ": "
                                + each.failures()
                                + " failed requests of "
                                + each.entrant().title())));
    return failed;
  }

  /** Each bar that this library has missed, with callbacks on the event loop, in words. */
  List<String> missed() {
    List<String> missed = new ArrayList<>();
    cells.forEach(
        (label, those) ->
            of(those, HttpEntrant.FOURTUPLE)
                .ifPresent(ours -> missedIn(label, ours, those, missed)));
    return missed;
  }

  private static void missedIn(
      String label, HttpCostResult ours, List<HttpCostResult> those, List<String> missed) {
    Samples cpu = ours.each(HttpFigures::cpuMicrosPerRequest);
    if (ours.concurrency() == 1) {
      double median = medianOf(those);
      if (cpu.median() > median) {
        missed.add(
            said("%s: %.1f us, at most the median of all, %.1f us", label, cpu.median(), median));
      }
    } else {
      double ratio = ours.ratios(of(those, HttpEntrant.MINIMAL).orElseThrow()).median();
      if (ratio > MOST_RATIO) {
        missed.add(
            said("%s: %.2f times netty-min, at most %.2f are promised", label, ratio, MOST_RATIO));
      }
      bestPeer(those)
          .filter(peer -> cpu.least() > peer.each(HttpFigures::cpuMicrosPerRequest).most())
          .ifPresent(
              peer ->
                  missed.add(
                      said(
                          "%s: %.1f us at the least, %s took %.1f us at the most",
                          label,
                          cpu.least(),
                          peer.entrant().title(),
                          peer.each(HttpFigures::cpuMicrosPerRequest).most())));
    }
    double bytes = ours.each(HttpFigures::bytesPerRequest).median();
    if (ours.body() == Body.SMALL && bytes > MOST_BYTES) {
      missed.add(said("%s: %.0f bytes, at most %.0f are promised", label, bytes, MOST_BYTES));
    }
  }

  private static double medianOf(List<HttpCostResult> those) {
    Samples all = new Samples();
    those.forEach(each -> all.add(each.each(HttpFigures::cpuMicrosPerRequest).median()));
    return all.median();
  }

  private static Optional<HttpCostResult> bestPeer(List<HttpCostResult> those) {
    return those.stream()
        .filter(each -> each.entrant().isPeer())
        .min(
            Comparator.comparingDouble(
                each -> each.each(HttpFigures::cpuMicrosPerRequest).median()));
  }

  private static Optional<HttpCostResult> of(List<HttpCostResult> those, HttpEntrant entrant) {
    return those.stream().filter(each -> each.entrant() == entrant).findFirst();
  }

  /** One JSON document (RFC 8259), with a line feed at its end. */
  String json() {
    return cells.values().stream()
        .flatMap(List::stream)
        .map(HttpCostReport::json)
        .collect(Collectors.joining(",\n", "{\"results\":[\n", "\n]}\n"));
  }

  private static String json(HttpCostResult result) {
    Samples cpu = result.each(HttpFigures::cpuMicrosPerRequest);
    return String.format(
        Locale.ROOT,
        "{\"body\":\"%s\",\"concurrency\":%d,\"client\":\"%s\",\"cpuMicros\":%.3f,"
            + "\"cpuMicrosLeast\":%.3f,\"cpuMicrosMost\":%.3f,\"kernelMicros\":%.3f,"
            + "\"requestsPerSecond\":%.0f,\"bytes\":%.0f,\"p99Micros\":%.1f,\"connects\":%d,"
            + "\"failures\":%d}",
        result.body().title(),
        result.concurrency(),
        result.entrant().title(),
        cpu.median(),
        cpu.least(),
        cpu.most(),
        result.each(HttpFigures::kernelMicrosPerRequest).median(),
        result.each(HttpFigures::requestsPerSecond).median(),
        result.each(HttpFigures::bytesPerRequest).median(),
        result.each(HttpFigures::p99Micros).median(),
        result.connects(),
        result.failures());
  }

  private static String number(String format, Samples samples) {
    return said(format, samples.median());
  }

  private static String said(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
