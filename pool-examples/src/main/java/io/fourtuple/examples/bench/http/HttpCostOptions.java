package io.fourtuple.examples.bench.http;

import io.fourtuple.examples.command.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the command line of {@code http-cost} asks for.
 *
 * @param format what goes to standard output
 * @param checks whether a missed bar is a failure
 * @param inside whether this is the run in the private network
 * @param rounds how often each client is looked at
 * @param bodies in their own order
 * @param concurrencies ascending
 * @param entrants in their own order
 */
record HttpCostOptions(
    Format format,
    HttpCostLength length,
    boolean checks,
    boolean inside,
    int rounds,
    List<Body> bodies,
    List<Integer> concurrencies,
    List<HttpEntrant> entrants) {
  /** What is printed. */
  enum Format {
    /** Markdown tables. */
    TABLE,
    /** One JSON document. */
    JSON,
    /** Nothing but the help text. */
    HELP
  }

  static final String COMMAND = "http-cost";
  static final List<Integer> CONCURRENCIES = List.of(1, 16, 128);
  private static final int MOST_ROUNDS = 100;
  private static final String INSIDE_FLAG = "--inside";

  static final String HELP =
      """
      usage: java -jar pool-examples.jar http-cost [--quick] [--rounds N] [--check] [--json]
             [--contestants NAME,...] [--bodies NAME,...] [--concurrency N,...]

      Prints what a request costs, with this library's HTTP client and with others, in one
      run: 85 minutes for all. Each client fetches the same resource over and over from an
      nginx on loopback, so many requests at a time, on kept connections; as a byte[], with
      two I/O threads where it can be told. Each is run in virtual machines of its own, one
      in each round, in an order that changes. Processor time is that of the client's
      process, collector included, compiler excluded.

        --quick             one round of 4 s for each: a first look, 6 minutes for all
        --rounds N          1 to 100 rounds instead of 3
        --contestants NAME  only these; netty-min, the limit, is always measured
        --bodies NAME       only these
        --concurrency N     only these
        --check             exit code 1 where `fourtuple` misses the bar: with 16 and 128
                            requests at a time 1.25 times the processor time of netty-min,
                            and no more than the best peer where their rounds do not
                            overlap; with 1 no more than the median of all; 4 KiB allocated
                            for a small response
        --json              one JSON document on standard output
        --help              this text

      contestants: ENTRANTS
      bodies: BODIES
      concurrency: CONCURRENCIES

      exit code: 0 done, 1 a bar was missed or a client failed, 2 the arguments were wrong,
      3 no private network (unshare -Urn) or no nginx (Debian: nginx-light) can be had here
      """
          .replace("ENTRANTS", titles())
          .replace("BODIES", bodyTitles())
          .replace("CONCURRENCIES", joined(CONCURRENCIES, ", "));

  /** Copies the lists. */
  HttpCostOptions {
    bodies = List.copyOf(bodies);
    concurrencies = List.copyOf(concurrencies);
    entrants = List.copyOf(entrants);
  }

  /**
   * Reads the arguments that follow the name of the command.
   *
   * @throws UsageException where one is unknown or incomplete
   */
  static HttpCostOptions parse(List<String> args) throws UsageException {
    Format format = Format.TABLE;
    HttpCostLength length = HttpCostLength.FULL;
    boolean checks = false;
    boolean inside = false;
    int rounds = 0;
    Set<Body> bodies = EnumSet.allOf(Body.class);
    List<Integer> concurrencies = CONCURRENCIES;
    Set<HttpEntrant> entrants = EnumSet.allOf(HttpEntrant.class);
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--help", "-h" -> format = Format.HELP;
        case "--json" -> format = Format.JSON;
        case "--quick" -> length = HttpCostLength.QUICK;
        case "--check" -> checks = true;
        case INSIDE_FLAG -> inside = true;
        case "--rounds" -> rounds = number("--rounds", after(args, i++), MOST_ROUNDS);
        case "--bodies" -> bodies = bodies(after(args, i++));
        case "--concurrency" -> concurrencies = concurrencies(after(args, i++));
        case "--contestants" -> entrants = entrants(after(args, i++));
        default ->
            throw new UsageException(
                "unknown argument: "
                    + args.get(i)
                    + "; there are --quick, --rounds, --contestants, --bodies, --concurrency,"
                    + " --check, --json and --help");
      }
    }
    entrants.add(HttpEntrant.MINIMAL);
    if (checks) {
      entrants.add(HttpEntrant.FOURTUPLE);
    }
    return new HttpCostOptions(
        format,
        length,
        checks,
        inside,
        rounds == 0 ? length.rounds() : rounds,
        new ArrayList<>(bodies),
        concurrencies,
        new ArrayList<>(entrants));
  }

  /** The arguments, command included, of the same run inside of the private network. */
  List<String> toInsideArguments() {
    List<String> args = new ArrayList<>(List.of(COMMAND, INSIDE_FLAG));
    if (format == Format.JSON) {
      args.add("--json");
    }
    if (length == HttpCostLength.QUICK) {
      args.add("--quick");
    }
    if (checks) {
      args.add("--check");
    }
    args.addAll(List.of("--rounds", String.valueOf(rounds)));
    args.addAll(List.of("--bodies", joined(bodies.stream().map(Body::title).toList(), ",")));
    args.addAll(List.of("--concurrency", joined(concurrencies, ",")));
    args.addAll(
        List.of("--contestants", joined(entrants.stream().map(HttpEntrant::title).toList(), ",")));
    return args;
  }

  private static String after(List<String> args, int option) throws UsageException {
    if (option + 1 == args.size() || args.get(option + 1).startsWith("-")) {
      throw new UsageException(args.get(option) + " needs a value");
    }
    return args.get(option + 1);
  }

  private static int number(String option, String value, int most) throws UsageException {
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new UsageException(option + " must be in 1.." + most + ", was " + value);
  }

  private static Set<Body> bodies(String value) throws UsageException {
    Set<Body> bodies = EnumSet.noneOf(Body.class);
    for (String name : value.split(",", -1)) {
      bodies.add(
          Body.titled(name)
              .orElseThrow(
                  () ->
                      new UsageException("unknown body: " + name + "; there are " + bodyTitles())));
    }
    return bodies;
  }

  private static List<Integer> concurrencies(String value) throws UsageException {
    List<Integer> asked = new ArrayList<>();
    for (String name : value.split(",", -1)) {
      asked.add(number("--concurrency", name, 1_000));
    }
    return asked.stream().distinct().sorted().toList();
  }

  private static Set<HttpEntrant> entrants(String value) throws UsageException {
    Set<HttpEntrant> entrants = EnumSet.noneOf(HttpEntrant.class);
    for (String name : value.split(",", -1)) {
      entrants.add(
          HttpEntrant.titled(name)
              .orElseThrow(
                  () ->
                      new UsageException(
                          "unknown contestant: " + name + "; there are " + titles())));
    }
    return entrants;
  }

  private static String titles() {
    return joined(Arrays.stream(HttpEntrant.values()).map(HttpEntrant::title).toList(), ", ");
  }

  private static String bodyTitles() {
    return joined(Arrays.stream(Body.values()).map(Body::title).toList(), ", ");
  }

  private static String joined(List<?> values, String separator) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }
}
