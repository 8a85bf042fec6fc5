package io.fourtuple.examples.load;

import io.fourtuple.examples.command.UsageException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param help nothing but the help text
 * @param check whether an outcome that is not as promised is a failure
 * @param inside whether this is the run in the private network
 * @param callers how many there are at a time, more than ports
 * @param ports how many local ports each side has
 * @param requests how many each caller sends, one after another
 */
record LoadOptions(
    boolean help, boolean check, boolean inside, int callers, int ports, int requests) {
  static final int MOST_PORTS = 5_000;

  private static final int MOST_CALLERS = 50_000;
  private static final int MOST_REQUESTS = 1_000;
  private static final String INSIDE_FLAG = "--inside";

  static final String HELP =
      """
      usage: java -jar pool-examples.jar load [--callers N] [--ports N] [--requests N]
                                              [--check] [--help]

      More callers than local ports, all at once, to one server: through a pool, in which
      they wait for a connection, and then with a connection for each, as far as that gets.
      Callers are virtual threads where this Java has them, else asynchronous. In a private
      network (unshare -Urn). Ends within a minute, whatever happens.

        --callers N   how many at a time, above --ports, up to 50000; 10000 unless given
        --ports N     local ports for each side, 1 to 5000; 200 unless given
        --requests N  that each caller sends, one after another, 1 to 1000; 10 unless given
        --check       fail unless the pool served every caller, and the others wanted ports
        --help        this text

      exit code: 0 done, 1 --check found something else, or the command died,
      2 the arguments were wrong, 3 no private network, or too few open files allowed here
      """;

  /**
   * Reads the arguments that follow the name of the command.
   *
   * @throws UsageException where one is unknown, incomplete or out of range
   */
  static LoadOptions parse(List<String> args) throws UsageException {
    boolean help = false;
    boolean check = false;
    boolean inside = false;
    int callers = 10_000;
    int ports = 200;
    int requests = 10;
    for (int i = 0; i < args.size(); i++) {
      switch (args.get(i)) {
        case "--help", "-h" -> help = true;
        case "--check" -> check = true;
        case INSIDE_FLAG -> inside = true;
        case "--callers" -> callers = number(args, i++, MOST_CALLERS);
        case "--ports" -> ports = number(args, i++, MOST_PORTS);
        case "--requests" -> requests = number(args, i++, MOST_REQUESTS);
        default ->
            throw new UsageException(
                "unknown argument: "
                    + args.get(i)
                    + "; there are --callers, --ports, --requests, --check and --help");
      }
    }
    if (callers <= ports) {
      throw new UsageException("--callers must be above --ports (" + ports + "), was " + callers);
    }
    return new LoadOptions(help, check, inside, callers, ports, requests);
  }

  private static int number(List<String> args, int option, int most) throws UsageException {
    String name = args.get(option);
    String text = option + 1 < args.size() ? args.get(option + 1) : "missing";
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Told below, like a number that is out of range.
    }
    throw new UsageException(name + " must be in 1.." + most + ", was " + text);
  }

  /** The arguments, command included, of the same run inside of the private network. */
  List<String> toInsideArguments(String command) {
    List<String> args = new ArrayList<>(List.of(command, INSIDE_FLAG));
    if (check) {
      args.add("--check");
    }
    args.addAll(List.of("--callers", Integer.toString(callers)));
    args.addAll(List.of("--ports", Integer.toString(ports)));
    args.addAll(List.of("--requests", Integer.toString(requests)));
    return args;
  }
}
