package io.fourtuple.examples.load;

import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.PrivateNetwork;
import io.fourtuple.examples.command.UsageException;
import io.fourtuple.examples.incident.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The command {@code load}: see its help. */
public final class LoadCommand {
  private static final int DONE = 0;
  private static final int MISSED = 1;
  private static final int MISUSED = 2;
  private static final int IMPOSSIBLE = 3;

  private static final String NAME = "load";
  private static final String HEAP = "-Xmx512m";
  private static final int STANDARD_OUTPUT = 1;

  /** Class files, libraries, event loops. */
  private static final int OTHER_FILES = 300;

  private static final Path LIMITS = Path.of("/proc/self/limits");

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
    try {
      LoadOptions options = LoadOptions.parse(args);
      if (options.help()) {
        out.print(LoadOptions.HELP);
        return DONE;
      }
      return options.inside() ? runInside(options) : runOutside(options, args.size() + 1);
    } catch (UsageException e) {
      err.println(e.getMessage());
      return MISUSED;
    } catch (IOException | RuntimeException e) {
      err.println(NAME + ": " + e);
      return MISSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MISSED;
    }
  }

  private int runOutside(LoadOptions options, int arguments)
      throws IOException, InterruptedException {
    Optional<String> obstacle = PrivateNetwork.obstacle();
    if (obstacle.isPresent()) {
      err.println(NAME + " needs a private network: " + obstacle.get());
      return IMPOSSIBLE;
    }
    return PrivateNetwork.run(arguments, HEAP, options.toInsideArguments(NAME));
  }

  private int runInside(LoadOptions options) throws IOException, InterruptedException {
    PrivateNetwork.endWithParent();
    // Both ends of every connection are here.
    int needed = 2 * options.ports() + LoadRun.CONNECTING + OTHER_FILES;
    long allowed = openFiles(Files.readAllLines(LIMITS));
    if (allowed < needed) {
      err.println(
          NAME
              + " needs "
              + needed
              + " open files for --ports "
              + options.ports()
              + ", and may have "
              + allowed
              + ": ulimit -n "
              + needed);
      return IMPOSSIBLE;
    }
    Progress progress = Progress.on(out, STANDARD_OUTPUT);
    progress.line(
        String.format(
            Locale.ROOT,
            "%,d callers at a time, %,d requests each, %,d local ports for each side; a caller keeps"
                + " its own\nconnection until all are done, or leases one of the pool's for each"
                + " request.\n",
            options.callers(),
            options.requests(),
            options.ports()));
    LoadRun run = new LoadRun(options, progress);
    LoadOutcome pool = run.throughPool();
    LoadOutcome plain = run.oneConnectionEach();
    progress.line(Machine.describe() + ".\n");
    out.println(LoadOutcome.table(pool, plain));
    out.println("Requests through the pool, the wait for a connection included:\n");
    out.println(pool.plot());
    tellErrors("through the pool", pool);
    tellErrors("with a connection each", plain);
    out.flush();
    return options.check() ? verdict(pool, plain) : DONE;
  }

  /** The soft limit, which Java has raised to the hard one when it started. */
  static long openFiles(List<String> limits) {
    return limits.stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.substring("Max open files".length()).strip().split("\\s+")[0])
        .map(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private void tellErrors(String side, LoadOutcome outcome) {
    if (!outcome.tally().failures().isEmpty()) {
      out.println("Callers that failed " + side + ":\n\n" + outcome.errors());
    }
  }

  private int verdict(LoadOutcome pool, LoadOutcome plain) {
    if (!pool.isServed()) {
      err.println("missed: the pool did not serve every caller");
    }
    if (!plain.isShortOfPorts()) {
      err.println("missed: callers with a connection each did not fail for want of ports alone");
    }
    return pool.isServed() && plain.isShortOfPorts() ? DONE : MISSED;
  }
}
