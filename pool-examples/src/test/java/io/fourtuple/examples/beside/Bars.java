package io.fourtuple.examples.beside;

import java.util.List;
import java.util.Locale;

/** Results as bars, in SVG. */
final class Bars {
  private static final int LINE = 20;
  private static final int LEFT = 220;
  private static final int LONGEST = 400;
  private static final int WIDTH = 760;
  private static final String SERVED = "#2a7f62";
  private static final String REFUSED = "#e0a030";
  private static final String FAILED = "#c0392b";

  private final StringBuilder text = new StringBuilder();
  private int y = LINE;

  private Bars() {}

  /** The part of all requests that was served, refused with 503, and failed. */
  static String served(List<Result> results) {
    Bars bars = new Bars();
    bars.text(0, "of all requests: served (green), 503 (yellow), failed (red)", "bold");
    for (Case where : Case.values()) {
      List<Result> here = results.stream().filter(each -> each.where() == where).toList();
      if (!here.isEmpty()) {
        bars.y += LINE * 3 / 2;
        bars.text(0, where.title, "bold");
      }
      for (Result each : here) {
        Answers answers = each.answers();
        double unit = (double) LONGEST / Math.max(1, each.asked());
        bars.next(each);
        double x = bars.bar(LEFT, answers.served() * unit, SERVED);
        x = bars.bar(x, answers.refused() * unit, REFUSED);
        bars.bar(x, answers.failed() * unit, FAILED);
        bars.text(
            LEFT + LONGEST + 8,
            String.format(Locale.ROOT, "%,d of %,d", answers.served(), each.asked()),
            "normal");
      }
    }
    return bars.end();
  }

  /** CPU for a short request, of those who have served most of them. */
  static String cpu(List<Result> results) {
    Bars bars = new Bars();
    bars.text(0, "microseconds of CPU for each request", "bold");
    for (Case where : List.of(Case.KEEP_ALIVE, Case.CLOSING)) {
      List<Result> here =
          results.stream().filter(each -> each.where() == where && hasServed(each)).toList();
      if (!here.isEmpty()) {
        bars.y += LINE * 3 / 2;
        bars.text(0, where.title, "bold");
      }
      double most = here.stream().mapToDouble(Result::cpuPerRequest).max().orElse(1);
      for (Result each : here) {
        bars.next(each);
        bars.bar(LEFT, LONGEST * each.cpuPerRequest() / most, SERVED);
        String figure = String.format(Locale.ROOT, "%,.1f us", each.cpuPerRequest());
        bars.text(LEFT + LONGEST + 8, figure, "normal");
      }
    }
    return bars.end();
  }

  private static boolean hasServed(Result result) {
    return result.answers().served() > result.asked() / 2;
  }

  private void next(Result result) {
    y += LINE;
    text(12, result.who().title, "normal");
  }

  private double bar(double x, double width, String colour) {
    if (width > 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"14\" fill=\"%s\"/>\n",
              x,
              y - 12,
              Math.max(width, 1),
              colour));
    }
    return x + width;
  }

  private void text(int x, String what, String weight) {
    text.append(
        "<text x=\"%d\" y=\"%d\" font-weight=\"%s\">%s</text>\n".formatted(x, y, weight, what));
  }

  private String end() {
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            .formatted(WIDTH, y + LINE)
        + "font-family=\"sans-serif\" font-size=\"13\">\n"
        + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        + text
        + "</svg>\n";
  }
}
