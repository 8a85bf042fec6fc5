package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.UsageException;
import io.fourtuple.port.PortRange;
import java.util.List;

/**
 * What the command line of {@code load} asks for.
 *
 * @param callers at the same time
 * @param ports local ports that there are
 * @param requests of each caller, one after the other
 * @param checks whether a broken promise is a failure
 * @param inside whether this is the run in the private network
 */
record LoadOptions(int callers, int ports, int requests, boolean checks, boolean inside) {
  private static final int FIRST_PORT = 40_000;

  static LoadOptions parse(List<String> arguments) throws UsageException {
    int callers = 10_000;
    int ports = 200;
    int requests = 5;
    boolean checks = false;
    boolean inside = false;
    for (int i = 0; i < arguments.size(); i++) {
      String option = arguments.get(i);
      switch (option) {
        case "--callers" -> callers = number(arguments, ++i, 1, 100_000);
        case "--ports" -> ports = number(arguments, ++i, 2, 10_000);
        case "--requests" -> requests = number(arguments, ++i, 1, 1_000);
        case "--check" -> checks = true;
        case "--inside" -> inside = true;
        default -> throw new UsageException("unknown argument: " + option + "; there is --help");
      }
    }
    return new LoadOptions(callers, ports, requests, checks, inside);
  }

  private static int number(List<String> arguments, int at, int least, int most)
      throws UsageException {
    String option = arguments.get(at - 1);
    String value = at < arguments.size() ? arguments.get(at) : "";
    if (value.matches("\\d{1,9}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new UsageException(
        option
            + " must be "
            + least
            + " to "
            + most
            + ", was "
            + (value.isEmpty() ? "missing" : value));
  }

  /** The same for the run inside. */
  List<String> forInside() {
    return List.of(
        "--callers",
        String.valueOf(callers),
        "--ports",
        String.valueOf(ports),
        "--requests",
        String.valueOf(requests),
        checks ? "--check" : "--inside",
        "--inside");
  }

  /** What the kernel picks from. */
  PortRange range() {
    return new PortRange(FIRST_PORT, FIRST_PORT + ports - 1);
  }
}
