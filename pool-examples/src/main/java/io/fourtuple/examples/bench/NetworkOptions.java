package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.UsageException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line of a measurement on sockets asks for.
 *
 * @param help nothing but the help text
 * @param quick a first look
 * @param checks whether a missed bar is a failure
 * @param inside whether this is the run in the private network
 */
record NetworkOptions(boolean help, boolean quick, boolean checks, boolean inside) {
  private static final String INSIDE_FLAG = "--inside";

  /**
   * Reads the arguments that follow the name of the command.
   *
   * @throws UsageException where one is unknown
   */
  static NetworkOptions parse(List<String> args) throws UsageException {
    boolean help = false;
    boolean quick = false;
    boolean checks = false;
    boolean inside = false;
    for (String arg : args) {
      switch (arg) {
        case "--help", "-h" -> help = true;
        case "--quick" -> quick = true;
        case "--check" -> checks = true;
        case INSIDE_FLAG -> inside = true;
        default ->
            throw new UsageException(
                "unknown argument: " + arg + "; there are --quick, --check and --help");
      }
    }
    return new NetworkOptions(help, quick, checks, inside);
  }

  /** The arguments, command included, of the same run inside of the private network. */
  List<String> toInsideArguments(String command) {
    List<String> args = new ArrayList<>(List.of(command, INSIDE_FLAG));
    if (quick) {
      args.add("--quick");
    }
    if (checks) {
      args.add("--check");
    }
    return args;
  }
}
