package io.fourtuple.command;

import io.fourtuple.port.PortRange;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.List;
import java.util.Locale;

/** A table for people, and the line of a monitoring plug-in before it. */
final class TableOutput {
  private static final int BAR = 20;
  private static final String RESET = "\u001b[0m";

  private final Options options;
  private final boolean hasBars;
  private final boolean hasColours;
  private final char block;

  /**
   * @param isTerminal whether somebody looks at it
   * @param colours whether colours are welcome there
   */
  TableOutput(Options options, boolean isTerminal, boolean colours, Charset charset) {
    this.options = options;
    this.hasBars = isTerminal;
    this.hasColours = isTerminal && colours;
    CharsetEncoder encoder = charset.canEncode() ? charset.newEncoder() : null;
    this.block = encoder != null && encoder.canEncode('\u2588') ? '\u2588' : '#';
  }

  String of(Stock stock) {
    StringBuilder text = new StringBuilder();
    if (options.isCheck()) {
      text.append(plugIn(stock)).append('\n');
    } else {
      PortRange range = stock.network().limits().ephemeral();
      text.append(
          "local ports %s, %,d for each route; %,d sockets in the kernel's table\n\n"
              .formatted(range, stock.capacity(), stock.sockets()));
    }
    List<RouteUsage> shown = stock.routes().stream().limit(options.top()).toList();
    if (shown.isEmpty()) {
      return text.append("no connection from here to elsewhere\n").toString();
    }
    int width =
        Math.max(20, shown.stream().mapToInt(route -> route.name().length()).max().orElse(0));
    text.append(
        String.format(
            Locale.ROOT,
            "%-" + width + "s %9s %10s %9s %9s %6s%n",
            "route",
            "in use",
            "TIME_WAIT",
            "free",
            "capacity",
            "used"));
    for (RouteUsage route : shown) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-" + width + "s %,9d %,10d %,9d %,9d %4d %%%s%n",
              route.name(),
              route.inUse(),
              route.timeWait(),
              route.free(),
              route.capacity(),
              route.percent(),
              hasBars ? "  " + bar(route.percent()) : ""));
    }
    total(text, stock, shown.size());
    return text.toString();
  }

  private static void total(StringBuilder text, Stock stock, int shown) {
    long inUse = stock.routes().stream().mapToLong(RouteUsage::inUse).sum();
    long timeWait = stock.routes().stream().mapToLong(RouteUsage::timeWait).sum();
    long outside = stock.routes().stream().mapToLong(RouteUsage::outside).sum();
    text.append(
        String.format(
            Locale.ROOT,
            "%nall %,d routes: %,d in use, %,d in TIME_WAIT%s%s%n",
            stock.routes().size(),
            inUse,
            timeWait,
            outside == 0
                ? ""
                : String.format(Locale.ROOT, ", %,d on ports outside of the range", outside),
            shown == stock.routes().size() ? "" : "; the fullest " + shown + " are shown"));
    if (stock.damagedLines() > 0) {
      text.append(stock.damagedLines()).append(" lines of the table could not be understood\n");
    }
  }

  private String bar(int percent) {
    int full = Math.min(BAR, percent * BAR / 100);
    String drawn = String.valueOf(block).repeat(full) + ".".repeat(BAR - full);
    return hasColours ? colour(percent) + drawn + RESET : drawn;
  }

  private String colour(int percent) {
    int code = percent >= options.crit() ? 31 : percent >= options.warn() ? 33 : 32;
    return "\u001b[" + code + "m";
  }

  /** As the guidelines of the Monitoring Plugins have it. */
  private String plugIn(Stock stock) {
    int percent = stock.percent();
    String worst =
        stock.routes().isEmpty()
            ? "no connection from here to elsewhere"
            : "%s: %d of %d ports (%d %%)"
                .formatted(
                    stock.routes().get(0).name(),
                    stock.routes().get(0).used(),
                    stock.capacity(),
                    percent);
    int used = stock.routes().isEmpty() ? 0 : stock.routes().get(0).used();
    return "PORTS %s - %s | used=%d%%;%d;%d;0;100 ports=%d;;;0;%d routes=%d;;;0"
        .formatted(
            ExitCode.of(percent, options),
            worst,
            percent,
            options.warn(),
            options.crit(),
            used,
            stock.capacity(),
            stock.routes().size());
  }
}
