package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.UsageException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the command line asks for.
 *
 * @param format what goes to standard output
 * @param place where this run of the program is
 * @param phases the phases to run, in their own order
 */
record IncidentOptions(Format format, Place place, List<Phase> phases) {
  /** What is printed. */
  enum Format {
    /** Progress and tables, for people. */
    TABLE,
    /** One JSON document on standard output; all else on standard error. */
    JSON,
    /** Nothing but the help text. */
    HELP
  }

  /** Where the program runs. */
  enum Place {
    /** Where the user started it. */
    OUTSIDE,
    /** In the private network that it made itself. */
    INSIDE
  }

  static final String HELP =
      """
      usage: java -jar pool-examples.jar incident [--json] [--phase NAME ...] [--help]

      A proxy in front of four back ends, on a host with 64 local ports, as it once
      stopped a messaging service: first without Fourtuple, then with it.

        --json           one JSON document on standard output, progress on standard error
        --phase NAME...  only these phases; may be repeated
        --help           this text

      phases:PHASES

      Everything happens in a private network namespace (unshare -Urn), which takes no
      privileges on most systems. Without one, the phases that need no setting of the
      kernel run on the host's loopback, and the others are reported as skipped.

      exit code: 0 each promise of the phases that ran was kept (what was left out is
                   said on a line of its own, and never counts as kept)
                 1 a promise was broken, or a phase died
                 2 the arguments were wrong
                 3 no phase could run here
      """
          .replace("PHASES", wrapped());

  private static final String INSIDE_FLAG = "--inside";

  /** Copies the phases. */
  IncidentOptions {
    phases = List.copyOf(phases);
  }

  /**
   * Reads the arguments that follow the name of the command.
   *
   * @throws UsageException where one is unknown or incomplete
   */
  static IncidentOptions parse(List<String> args) throws UsageException {
    Format format = Format.TABLE;
    Place place = Place.OUTSIDE;
    Set<Phase> phases = EnumSet.noneOf(Phase.class);
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--help", "-h" -> {
          return new IncidentOptions(Format.HELP, place, List.of());
        }
        case "--json" -> format = Format.JSON;
        case INSIDE_FLAG -> place = Place.INSIDE;
        case "--phase" -> {
          int names = namesAfter(args, i);
          for (String name : args.subList(i + 1, i + 1 + names)) {
            phases.add(phase(name));
          }
          i += names;
        }
        default ->
            throw new UsageException(
                "unknown argument: " + args.get(i) + "; there are --json, --phase NAME and --help");
      }
    }
    return new IncidentOptions(
        format, place, phases.isEmpty() ? List.of(Phase.values()) : new ArrayList<>(phases));
  }

  private static int namesAfter(List<String> args, int option) throws UsageException {
    int names = 0;
    while (option + 1 + names < args.size() && !args.get(option + 1 + names).startsWith("-")) {
      names++;
    }
    if (names == 0) {
      throw new UsageException("--phase needs a name; there are " + Phase.titles());
    }
    return names;
  }

  private static Phase phase(String name) throws UsageException {
    return Phase.titled(name)
        .orElseThrow(
            () -> new UsageException("unknown phase: " + name + "; there are " + Phase.titles()));
  }

  /** The arguments, command included, of the same run inside of the private network. */
  List<String> toInsideArguments() {
    List<String> args = new ArrayList<>(List.of("incident", INSIDE_FLAG));
    if (format == Format.JSON) {
      args.add("--json");
    }
    for (Phase phase : phases) {
      args.addAll(List.of("--phase", phase.title()));
    }
    return args;
  }

  private static String wrapped() {
    StringBuilder text = new StringBuilder();
    for (Phase phase : Phase.values()) {
      text.append("\n  ").append(String.format("%-26s", phase.title())).append(phase.summary());
    }
    return text.toString();
  }
}
