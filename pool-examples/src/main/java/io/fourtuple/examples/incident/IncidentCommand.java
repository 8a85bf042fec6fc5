package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.PrivateNetwork;
import io.fourtuple.examples.command.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command {@code incident}: see {@link IncidentOptions#HELP}. */
public final class IncidentCommand {
  /** Exit code: each promise of the phases that ran was kept. */
  public static final int KEPT = 0;

  /** Exit code: a promise was broken, or a phase died. */
  public static final int BROKEN = 1;

  /** Exit code: wrong arguments. */
  public static final int MISUSED = 2;

  /** Exit code: no phase could run here. */
  public static final int NOTHING_RAN = 3;

  /** Enough for 10,000 callers and both ends of 512 connections. */
  private static final String HEAP = "-Xmx512m";

  private static final int STANDARD_OUTPUT = 1;
  private static final int STANDARD_ERROR = 2;

  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public IncidentCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it.
   *
   * @param args what follows the command's name
   * @return one of the exit codes above
   */
  public int run(List<String> args) {
    IncidentOptions options;
    try {
      options = IncidentOptions.parse(args);
    } catch (UsageException e) {
      err.println(e.getMessage());
      return MISUSED;
    }
    if (options.format() == IncidentOptions.Format.HELP) {
      out.print(IncidentOptions.HELP);
      return KEPT;
    }
    try {
      return run(options, args.size() + 1);
    } catch (IOException e) {
      err.println("incident: " + e);
      return BROKEN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return BROKEN;
    }
  }

  private int run(IncidentOptions options, int arguments) throws IOException, InterruptedException {
    if (options.place() == IncidentOptions.Place.INSIDE) {
      PrivateNetwork.endWithParent();
      return report(options, Optional.empty());
    }
    Optional<String> obstacle = PrivateNetwork.obstacle();
    return obstacle.isEmpty()
        ? PrivateNetwork.run(arguments, HEAP, options.toInsideArguments())
        : report(options, obstacle);
  }

  private int report(IncidentOptions options, Optional<String> obstacle) {
    boolean json = options.format() == IncidentOptions.Format.JSON;
    Progress progress = json ? Progress.on(err, STANDARD_ERROR) : Progress.on(out, STANDARD_OUTPUT);
    printArithmetic(options.phases(), progress);
    IncidentRun run = new IncidentRun(options.phases(), progress);
    List<PhaseResult> results = obstacle.isPresent() ? run.onHost(obstacle.get()) : run.inside();
    if (json) {
      out.print(JsonReport.of(results));
      out.flush();
    } else {
      out.print("\n" + TableReport.table(results) + "\n");
      out.print("Local ports in use at the peak, counted for each source and endpoint:\n");
      out.print(TableReport.bars(results));
    }
    return verdict(results, progress);
  }

  private static void printArithmetic(List<Phase> phases, Progress progress) {
    progress.line("The arithmetic: how many connections can there be at a time?");
    for (Phase phase : phases) {
      progress.line(
          String.format("  %-26s %-42s %s", phase.title(), phase.arithmetic(), phase.summary()));
    }
    progress.line("");
    progress.line("The measurement:");
  }

  private static int verdict(List<PhaseResult> results, Progress progress) {
    List<BrokenPromise> broken = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (PhaseResult result : results) {
      broken.addAll(BrokenPromise.in(result));
      if (!result.ran()) {
        skipped.add(result.phase().title());
      }
    }
    broken.forEach(promise -> progress.line(promise.toString()));
    if (!skipped.isEmpty()) {
      progress.line("left out, proves nothing: " + String.join(", ", skipped));
    }
    if (!broken.isEmpty()) {
      return BROKEN;
    }
    return skipped.size() == results.size() ? NOTHING_RAN : KEPT;
  }
}
