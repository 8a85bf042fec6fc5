package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the command line of {@code pool-cost} asks for.
 *
 * @param format what goes to standard output
 * @param length how long it may take
 * @param checks whether a missed bar is a failure
 * @param contests in their own order
 * @param entrants in their own order
 */
record PoolCostOptions(
    Format format,
    PoolCostRun.Length length,
    boolean checks,
    List<Contest> contests,
    List<Entrant> entrants) {
  /** What is printed. */
  enum Format {
    /** A Markdown table. */
    TABLE,
    /** One JSON document. */
    JSON,
    /** Nothing but the help text. */
    HELP
  }

  static final String HELP =
      """
      usage: java -jar pool-examples.jar pool-cost [--quick] [--check] [--json] [NAME ...]

      Prints what acquire and release of an idle connection cost, in this pool and in
      others, in one run: 8 minutes for all. Processor time of the calling threads per
      operation, median and extremes over all iterations; each pool is run in virtual
      machines of its own, one in each round, in an order that changes.

        --quick   one round with short iterations: a first look, in two minutes for all
        --check   exit code 1 where this library misses the bar: 4 times the floor with
                  one thread, 8 times with more on 8 connections, beside two clock reads,
                  and 32 bytes per operation, by `tryAcquire`
        --json    one JSON document on standard output
        --help    this text
        NAME      only these; the floor and the clock are always measured

      threads x connections: CONTESTS
      pools: ENTRANTS

      exit code: 0 done, 1 a bar was missed, 2 the arguments were wrong
      """
          .replace("CONTESTS", titles(Contest.values()))
          .replace("ENTRANTS", titles(Entrant.values()));

  /** Copies the lists. */
  PoolCostOptions {
    contests = List.copyOf(contests);
    entrants = List.copyOf(entrants);
  }

  /**
   * Reads the arguments that follow the name of the command.
   *
   * @throws UsageException where one is unknown
   */
  static PoolCostOptions parse(List<String> args) throws UsageException {
    Format format = Format.TABLE;
    PoolCostRun.Length length = PoolCostRun.Length.FULL;
    boolean checks = false;
    Set<Contest> contests = EnumSet.noneOf(Contest.class);
    Set<Entrant> entrants = EnumSet.noneOf(Entrant.class);
    for (String arg : args) {
      switch (arg) {
        case "--help", "-h" -> {
          return new PoolCostOptions(Format.HELP, length, false, List.of(), List.of());
        }
        case "--json" -> format = Format.JSON;
        case "--quick" -> length = PoolCostRun.Length.QUICK;
        case "--check" -> checks = true;
        default -> addNamed(arg, contests, entrants);
      }
    }
    if (contests.isEmpty()) {
      contests = EnumSet.allOf(Contest.class);
    }
    if (entrants.isEmpty()) {
      entrants = EnumSet.allOf(Entrant.class);
    }
    entrants.addAll(Set.of(Entrant.FLOOR, Entrant.CLOCK));
    if (checks) {
      entrants.add(Entrant.IMMEDIATE);
    }
    return new PoolCostOptions(
        format, length, checks, new ArrayList<>(contests), new ArrayList<>(entrants));
  }

  private static void addNamed(String name, Set<Contest> contests, Set<Entrant> entrants)
      throws UsageException {
    Contest.titled(name).ifPresent(contests::add);
    Entrant.titled(name).ifPresent(entrants::add);
    if (Contest.titled(name).isEmpty() && Entrant.titled(name).isEmpty()) {
      throw new UsageException(
          "unknown argument: "
              + name
              + "; there are --quick, --check, --json, --help, "
              + titles(Contest.values())
              + ", "
              + titles(Entrant.values()));
    }
  }

  private static String titles(Contest[] contests) {
    return Arrays.stream(contests).map(Contest::title).collect(Collectors.joining(", "));
  }

  private static String titles(Entrant[] entrants) {
    return Arrays.stream(entrants).map(Entrant::title).collect(Collectors.joining(", "));
  }
}
