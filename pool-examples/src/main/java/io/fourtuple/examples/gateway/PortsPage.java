package io.fourtuple.examples.gateway;

import io.fourtuple.pool.DestinationSnapshot;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.Route;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The stock of ports as a page that draws it anew every second: a bar for each route. */
final class PortsPage {
  private static final int WIDTH = 500; // pixels of a full bar
  private static final int MOST = 200; // routes, the fullest first

  private PortsPage() {}

  private enum Part {
    IN_USE("in use", "#2b6cb0"),
    CLOSING("closing", "#63b3ed"),
    RESTING("TIME_WAIT", "#ed8936"),
    FOREIGN("somebody else's", "#718096"),
    FREE("free", "#e2e8f0");

    final String label;
    final String colour;

    Part(String label, String colour) {
      this.label = label;
      this.colour = colour;
    }

    int of(PortCensus census) {
      return switch (this) {
        case IN_USE -> census.reserved() + census.connecting() + census.established();
        case CLOSING -> census.closing();
        case RESTING -> census.timeWait() - census.reusable();
        case FOREIGN -> census.foreign();
        case FREE -> census.free();
      };
    }
  }

  static String html(List<PortCensus> routes, PoolSnapshot pool) {
    StringBuilder page = new StringBuilder(4_096);
    page.append(
        """
        <!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="1">
        <title>Local ports</title>
        <style>body{font:14px/1.5 system-ui,sans-serif;margin:2em;color:#1a202c}
        td,th{padding:.1em .8em .1em 0;text-align:right}td:first-child,th:first-child{text-align:left;white-space:nowrap}
        .key{margin-right:1.5em}.key i{display:inline-block;width:1em;height:1em;margin-right:.4em;
        vertical-align:-.15em}</style>
        <h1>Local ports</h1><p>
        """);
    for (Part part : Part.values()) {
      page.append(
          "<span class=\"key\"><i style=\"background:%s\"></i>%s</span>"
              .formatted(part.colour, part.label));
    }
    page.append("</p><table><tr><th>route<th><th>used<th>capacity<th>waiting\n");
    routes.stream()
        .sorted(Comparator.comparingDouble(PortsPage::share).reversed())
        .limit(MOST)
        .forEach(census -> row(page, census));
    page.append("</table>\n");
    if (routes.size() > MOST) {
      page.append("<p>and %d more routes</p>\n".formatted(routes.size() - MOST));
    }
    page.append(
        "<h2>Connections</h2><table><tr><th>upstream<th>idle<th>in use<th>connecting<th>waiting\n");
    for (DestinationSnapshot to : pool.destinations()) {
      page.append(
          "<tr><td>%s<td>%d<td>%d<td>%d<td>%d\n"
              .formatted(
                  escaped(to.destination().toString()),
                  to.idle(),
                  to.leased(),
                  to.connecting(),
                  to.waiting()));
    }
    return page.append("</table></html>\n").toString();
  }

  private static String name(Route route) {
    return route.source().address().getHostAddress() + " \u2192 " + route.endpoint();
  }

  private static double share(PortCensus census) {
    return census.used() / (double) Math.max(1, census.capacity());
  }

  private static void row(StringBuilder page, PortCensus census) {
    page.append(
        "<tr><td>%s<td><svg width=\"%d\" height=\"16\" role=\"img\" aria-label=\"%s\">"
            .formatted(escaped(name(census.route())), WIDTH, escaped(census.summary())));
    double scale = WIDTH / (double) Math.max(1, census.capacity() + census.foreign());
    double x = 0;
    for (Part part : Part.values()) {
      double width = Math.min(WIDTH - x, part.of(census) * scale);
      page.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" width=\"%.1f\" height=\"16\" fill=\"%s\"/>",
              x,
              Math.max(0, width),
              part.colour));
      x += width;
    }
    page.append(
        "<title>%s</title></svg><td>%d<td>%d<td>%d\n"
            .formatted(
                escaped(census.summary()), census.used(), census.capacity(), census.waiting()));
  }

  private static String escaped(String text) {
    return text.chars()
        .mapToObj(
            c ->
                switch (c) {
                  case '<' -> "&lt;";
                  case '>' -> "&gt;";
                  case '&' -> "&amp;";
                  case '"' -> "&quot;";
                  default -> String.valueOf((char) c);
                })
        .collect(Collectors.joining());
  }
}
