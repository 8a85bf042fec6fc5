package io.fourtuple.examples.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.runner.RunnerException;

/** The command {@code pool-cost}. */
public final class PoolCost {
  private final PrintStream out;
  private final PrintStream err;

  /** Makes the command. */
  public PoolCost(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs it. */
  public int run(List<String> args) throws RunnerException {
    PoolCostRun.Length length = PoolCostRun.Length.FULL;
    List<Contest> contests = new ArrayList<>();
    List<Entrant> entrants = new ArrayList<>();
    for (String arg : args) {
      if (arg.equals("--quick")) {
        length = PoolCostRun.Length.QUICK;
      }
      Contest.titled(arg).ifPresent(contests::add);
      Entrant.titled(arg).ifPresent(entrants::add);
    }
    if (contests.isEmpty()) {
      contests.addAll(List.of(Contest.values()));
    }
    if (entrants.isEmpty()) {
      entrants.addAll(List.of(Entrant.values()));
    }
    double floor = 1;
    double clock = 0;
    for (PoolCostResult r : new PoolCostRun(length, err).measure(contests, entrants)) {
      floor = r.entrant() == Entrant.FLOOR ? r.cpu().median() : floor;
      clock = r.entrant() == Entrant.CLOCK ? r.cpu().median() : clock;
      out.printf(
          Locale.ROOT,
          "| %s | %s | %.1f (%.1f..%.1f) | %.1f | %.1f | %.0f | %.1f |%n",
          r.contest().label(),
          r.entrant().label(),
          r.cpu().median(),
          r.cpu().least(),
          r.cpu().most(),
          r.cpu().median() / floor,
          (r.cpu().median() - clock) / floor,
          r.bytes().median(),
          r.wall().median());
    }
    return 0;
  }
}
