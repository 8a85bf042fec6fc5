package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.PrivateNetwork;
import io.fourtuple.examples.command.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command {@code load}: see its help. */
public final class LoadCommand {
  private static final String NAME = "load";
  private static final String HEAP = "-Xmx1g";
  private static final int STANDARD_OUTPUT = 1;

  /** One for each way, so that none inherits resting ports. */
  private static final List<Integer> SERVER_PORTS = List.of(9_001, 9_002);

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar load [--callers N] [--ports N] [--requests N] [--check]

      Lets many callers ask a server at the same time, on a host with few local ports: first
      with a connection for each caller, then through a pool. Prints how far each got, and
      how long requests took through the pool. In a private network (unshare -Urn), in
      seconds. On virtual threads where the JDK has them (21), else with sendAsync.

        --callers N    1 to 100000, 10000 by default
        --ports N      2 to 10000, 200 by default
        --requests N   of each caller, one after the other: 1 to 1000, 5 by default
        --check        exit code 1 unless the pool has served all callers, and single
                       connections have served as many as there are ports, and no more

      exit code: 0 done, 1 a promise was broken or the command died, 2 the arguments were
      wrong, 3 no private network can be had here
      """;

  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public LoadCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it.
   *
   * @param args what follows the command's name
   * @return the exit code
   */
  public int run(List<String> args) {
    if (args.equals(List.of("--help")) || args.equals(List.of("-h"))) {
      out.print(HELP);
      return IncidentCommand.KEPT;
    }
    try {
      LoadOptions options = LoadOptions.parse(args);
      return options.inside() ? runInside(options) : runOutside(options, args.size());
    } catch (UsageException e) {
      err.println(e.getMessage());
      return IncidentCommand.MISUSED;
    } catch (IOException | RuntimeException e) {
      err.println(NAME + ": " + e);
      return IncidentCommand.BROKEN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return IncidentCommand.BROKEN;
    }
  }

  private int runOutside(LoadOptions options, int arguments)
      throws IOException, InterruptedException {
    Optional<String> obstacle = PrivateNetwork.obstacle();
    if (obstacle.isPresent()) {
      err.println(NAME + " needs a private network: " + obstacle.get());
      return IncidentCommand.NOTHING_RAN;
    }
    List<String> inside = new ArrayList<>(List.of(NAME));
    inside.addAll(options.forInside());
    return PrivateNetwork.run(arguments + 1, HEAP, inside);
  }

  private int runInside(LoadOptions options) throws IOException, InterruptedException {
    PrivateNetwork.endWithParent();
    KernelSetting.ephemeralRange(options.range());
    Progress progress = Progress.on(out, STANDARD_OUTPUT);
    try (BackEnds servers =
        new BackEnds(SERVER_PORTS, Closing.KEEP_ALIVE, FirstAnswers.notHeld())) {
      LoadOutcome plain = new LoadRun(options, servers.endpoints().get(0), progress).plain();
      LoadRun run = new LoadRun(options, servers.endpoints().get(1), progress);
      LoadOutcome pooled = run.pooled();
      progress.line(Machine.describe() + ".\n");
      out.print(LoadOutcome.table(List.of(plain, pooled)));
      out.println();
      out.println("requests through the pool, waiting for a connection included:");
      out.print(run.latencies().plot());
      out.flush();
      boolean isKept =
          pooled.served() == options.callers()
              && plain.served() == Math.min(options.callers(), options.ports());
      return options.checks() && !isKept ? IncidentCommand.BROKEN : IncidentCommand.KEPT;
    }
  }
}
