package io.fourtuple.examples.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs JMH once for each entrant, contest and round: one virtual machine each. A round has all
 * entrants one after the other, and each round begins with another one, so that a busy minute of
 * the machine does not hit always the same.
 */
final class PoolCostRun {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  /** How long. */
  enum Length {
    /** For a first look. */
    QUICK(1, 2, 3, 200),
    /** For figures to be quoted. */
    FULL(2, 2, 4, 500);

    private final int rounds;
    private final int warmUps;
    private final int iterations;
    private final int millis;

    Length(int rounds, int warmUps, int iterations, int millis) {
      this.rounds = rounds;
      this.warmUps = warmUps;
      this.iterations = iterations;
      this.millis = millis;
    }
  }

  private final Length length;
  private final PrintStream progress;

  PoolCostRun(Length length, PrintStream progress) {
    this.length = length;
    this.progress = progress;
  }

  List<PoolCostResult> measure(List<Contest> contests, List<Entrant> entrants)
      throws RunnerException {
    // JMH allows one run per machine; others here may be under way, and figures are ratios.
    System.setProperty("jmh.ignoreLock", "true");
    List<PoolCostResult> results = new ArrayList<>();
    for (Contest contest : contests) {
      List<PoolCostResult> those =
          entrants.stream().sorted().map(each -> PoolCostResult.of(contest, each)).toList();
      for (int round = 0; round < length.rounds; round++) {
        List<PoolCostResult> order = new ArrayList<>(those);
        Collections.rotate(order, round * order.size() / length.rounds);
        for (PoolCostResult next : order) {
          progress.printf("%s, round %d: %s%n", contest.label(), round + 1, next.entrant().title());
          run(next);
        }
      }
      results.addAll(those);
    }
    return results;
  }

  private void run(PoolCostResult into) throws RunnerException {
    TimeValue iteration = TimeValue.milliseconds(length.millis);
    var options =
        new OptionsBuilder()
            .include(PoolCycle.class.getName())
            .param("entrant", into.entrant().name())
            .param("connections", String.valueOf(into.contest().connections()))
            .threads(into.contest().threads())
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(1)
            .warmupIterations(length.warmUps)
            .warmupTime(iteration)
            .measurementIterations(length.iterations)
            .measurementTime(iteration)
            .addProfiler(WorkersProfiler.class)
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    for (RunResult run : new Runner(options).run()) {
      for (BenchmarkResult fork : run.getBenchmarkResults()) {
        fork.getIterationResults().forEach(each -> take(each, into));
      }
    }
  }

  private static void take(IterationResult iteration, PoolCostResult into) {
    into.wall().add(iteration.getPrimaryResult().getScore());
    into.cpu().add(secondary(iteration, WorkersProfiler.CPU));
    into.bytes().add(secondary(iteration, ALLOCATED));
  }

  private static double secondary(IterationResult iteration, String label) {
    return Objects.requireNonNull(iteration.getSecondaryResults().get(label), label).getScore();
  }
}
