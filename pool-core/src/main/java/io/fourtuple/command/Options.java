package io.fourtuple.command;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param format what is printed
 * @param isCheck whether thresholds were given, so that the first line is for a monitoring system
 * @param warn per cent, from which on a route is worth a warning
 * @param crit per cent, from which on it is critical
 * @param watchSeconds pause between two looks; 0 for one look
 * @param top routes that are shown, the fullest first
 * @param filter which routes count
 * @param plan sources and destinations to plan for; empty for none
 */
record Options(
    Format format,
    boolean isCheck,
    int warn,
    int crit,
    int watchSeconds,
    int top,
    Filter filter,
    List<Integer> plan) {
  enum Format {
    TABLE,
    JSON,
    PROMETHEUS,
    ADVICE,
    PLAN,
    HELP,
    VERSION
  }

  /** The arguments make no sense. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  static final String HELP =
      """
      usage: java -jar pool-core.jar [OPTION ...]

      Shows how many local ports this host has used towards each destination: per source
      address, destination address and destination port, the fullest first. Linux only.

        --warn PERCENT      from here on the exit code is 1, 80 by default; with --warn or
        --crit PERCENT      --crit (2, 95 by default) the first line is that of a monitoring
                            plug-in, with performance data
        --to ADDRESS        only to this address, subnet or address and port: 10.0.0.7,
                            10.0.0.0/8, 10.0.0.7:443, [2001:db8::1]:443
        --port PORT         only to this port
        --top N             so many routes at most, 1 to 100000; 20 by default, in JSON and
                            for Prometheus 1000
        --watch[=SECONDS]   again and again, every 2 seconds by default
        --json              one JSON document
        --prometheus        metrics in text format, as for node_exporter's textfile collector
        --plan SxD          what this host can sustain with S sources and D destinations
        --advice            what can be done about few ports, on this host
        --version, --help   that

      Capacity is what the kernel picks from: its range (ip_local_port_range) less reserved
      ports and ports with a listener. Accepted connections use no port of ours, and are left
      out. Ports outside of the range are not the kernel's to run out of: they are counted
      apart, in JSON as "outside".

      exit code: 0 all below the thresholds, 1 warning, 2 critical, 3 unknown: an option was
      wrong, or the kernel's table cannot be read
      """;

  private static final int TOP = 20;
  private static final int TOP_FOR_PROGRAMS = 1_000;

  static Options parse(List<String> arguments) throws UsageException {
    Format format = Format.TABLE;
    boolean isCheck = false;
    int warn = 80;
    int crit = 95;
    int watch = 0;
    int top = 0;
    Filter filter = Filter.ALL;
    List<Integer> plan = List.of();
    Iterator<String> rest = split(arguments).iterator();
    while (rest.hasNext()) {
      String option = rest.next();
      switch (option) {
        case "--warn" -> {
          warn = number(option, value(option, rest), 0, 100);
          isCheck = true;
        }
        case "--crit" -> {
          crit = number(option, value(option, rest), 0, 100);
          isCheck = true;
        }
        case "--to" -> filter = filter.to(value(option, rest));
        case "--port" -> filter = filter.port(number(option, value(option, rest), 1, 65_535));
        case "--top" -> top = number(option, value(option, rest), 1, 100_000);
        case "--watch" -> watch = 2;
        case "--watch=" -> watch = number("--watch", value(option, rest), 1, 86_400);
        case "--json" -> format = only(format, Format.JSON);
        case "--prometheus" -> format = only(format, Format.PROMETHEUS);
        case "--advice" -> format = only(format, Format.ADVICE);
        case "--plan" -> {
          format = only(format, Format.PLAN);
          plan = plan(value(option, rest));
        }
        case "--help", "-h" -> format = only(format, Format.HELP);
        case "--version" -> format = only(format, Format.VERSION);
        default -> throw new UsageException("unknown option " + option + "; --help lists all");
      }
    }
    if (warn > crit) {
      throw new UsageException("--warn must be at most --crit (" + crit + "), was " + warn);
    }
    boolean isForPrograms = format == Format.JSON || format == Format.PROMETHEUS;
    int shown = top > 0 ? top : isForPrograms ? TOP_FOR_PROGRAMS : TOP;
    return new Options(format, isCheck, warn, crit, watch, shown, filter, plan);
  }

  private static Format only(Format before, Format now) throws UsageException {
    if (before != Format.TABLE && before != now) {
      throw new UsageException("one of --json, --prometheus, --advice and --plan, not several");
    }
    return now;
  }

  /** {@code --top=5} as {@code --top 5}; but --watch has a value only with an equals sign. */
  private static List<String> split(List<String> arguments) {
    List<String> all = new ArrayList<>();
    for (String argument : arguments) {
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      if (equals < 0) {
        all.add(argument);
      } else {
        String option = argument.substring(0, equals);
        all.add(option.equals("--watch") ? "--watch=" : option);
        all.add(argument.substring(equals + 1));
      }
    }
    return all;
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " must have a value");
    }
    return rest.next();
  }

  private static int number(String option, String value, int least, int most)
      throws UsageException {
    if (value.matches("\\d{1,9}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new UsageException(option + " must be " + least + " to " + most + ", was " + value);
  }

  private static List<Integer> plan(String value) throws UsageException {
    if (!value.matches("\\d{1,6}x\\d{1,6}")) {
      throw new UsageException("--plan must be SOURCESxDESTINATIONS such as 2x4, was " + value);
    }
    String[] parts = value.split("x", -1);
    return List.of(
        number("sources of --plan", parts[0], 1, 100_000),
        number("destinations of --plan", parts[1], 1, 100_000));
  }
}
