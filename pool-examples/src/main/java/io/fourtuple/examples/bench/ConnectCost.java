package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.Machine;
import java.io.IOException;
import java.io.PrintStream;

/** The command {@code connect-cost}: see {@link #help()}. */
public final class ConnectCost extends NetworkCommand {
  private static final int ROUNDS = 5;
  private static final int QUICK_ROUNDS = 1;

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar connect-cost [--quick] [--check]

      Prints what a connect costs against how full the range of local ports is, filled by
      connects alone, one after the other, over loopback: in microseconds of processor
      time of all threads of the client, median of 5 rounds of 9,000 connections. The
      server never accepts; what the kernel does for it is in the figures. At 100 % every
      further caller is refused: what that costs, and how many connects were begun.

        --quick   one round
        --check   exit code 1 where a connect by PINNED or OWNED at 99.9 % costs more than
                  1.5 times one at 1 %, or a connect was begun for a refused caller
        --help    this text

      exit code: 0 done, 1 a bar was missed, 2 the arguments were wrong, 3 no private
      network (unshare -Urn) can be had here
      """;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public ConnectCost(PrintStream out, PrintStream err) {
    super("connect-cost", out, err);
  }

  @Override
  String help() {
    return HELP;
  }

  @Override
  String heap() {
    return "-Xmx1g";
  }

  @Override
  int measure(NetworkOptions options) throws IOException, InterruptedException {
    int rounds = options.quick() ? QUICK_ROUNDS : ROUNDS;
    ConnectCostReport report = new ConnectCostReport(new ConnectCostRun(rounds, err).measure());
    out.print(Machine.describe() + ".\n\n" + report.table());
    return verdict(options, report.missed());
  }
}
