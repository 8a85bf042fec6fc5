package io.fourtuple.examples.bench;

import io.fourtuple.examples.bench.PoolCostOptions.Format;
import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.UsageException;
import java.io.PrintStream;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** The command {@code pool-cost}: see {@link PoolCostOptions#HELP}. */
public final class PoolCost {
  private static final int DONE = 0;
  private static final int MISSED = 1;
  private static final int MISUSED = 2;

  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public PoolCost(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it.
   *
   * @param args what follows the command's name
   * @return the exit code: 0, 1 where a bar was missed or a pool failed, or 2 for wrong arguments
   */
  public int run(List<String> args) {
    PoolCostOptions options;
    try {
      options = PoolCostOptions.parse(args);
    } catch (UsageException e) {
      err.println(e.getMessage());
      return MISUSED;
    }
    if (options.format() == Format.HELP) {
      out.print(PoolCostOptions.HELP);
      return DONE;
    }
    try {
      return measure(options);
    } catch (RunnerException e) {
      err.println("pool-cost: " + e);
      return MISSED;
    }
  }

  private int measure(PoolCostOptions options) throws RunnerException {
    PoolCostReport report =
        new PoolCostReport(
            new PoolCostRun(options.length(), err).measure(options.contests(), options.entrants()));
    if (options.format() == Format.JSON) {
      out.print(report.json());
    } else {
      out.print(Machine.describe() + ".\n\n" + report.table());
    }
    out.flush();
    List<String> missed = options.checks() ? report.missed() : List.of();
    missed.forEach(bar -> err.println("missed: " + bar));
    return missed.isEmpty() ? DONE : MISSED;
  }
}
