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
 * @param sockets how many; 0 for as many as the command thinks fit
 */
record NetworkOptions(boolean help, boolean quick, boolean checks, boolean inside, int sockets) {
  private static final String INSIDE_FLAG = "--inside";

  /** For the commands that take it. */
  private static final String SOCKETS = "--sockets=";

  private static final int MOST_SOCKETS = 500_000;

  /**
   * Reads the arguments that follow the name of the command.
   *
   * @param takesSockets whether the command can be given a number of sockets
   * @throws UsageException where one is unknown
   */
  static NetworkOptions parse(List<String> args, boolean takesSockets) throws UsageException {
    boolean help = false;
    boolean quick = false;
    boolean checks = false;
    boolean inside = false;
    int sockets = 0;
    for (String arg : args) {
      if (takesSockets && arg.startsWith(SOCKETS)) {
        sockets = number(arg.substring(SOCKETS.length()));
        continue;
      }
      switch (arg) {
        case "--help", "-h" -> help = true;
        case "--quick" -> quick = true;
        case "--check" -> checks = true;
        case INSIDE_FLAG -> inside = true;
        default ->
            throw new UsageException(
                "unknown argument: "
                    + arg
                    + "; there are --quick, --check and --help"
                    + (takesSockets ? ", and " + SOCKETS + "N" : ""));
      }
    }
    return new NetworkOptions(help, quick, checks, inside, sockets);
  }

  private static int number(String text) throws UsageException {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= MOST_SOCKETS) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new UsageException(
        SOCKETS + "N must be in 1.." + MOST_SOCKETS + ", was " + (text.isEmpty() ? "empty" : text));
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
    if (sockets > 0) {
      args.add(SOCKETS + sockets);
    }
    return args;
  }
}
