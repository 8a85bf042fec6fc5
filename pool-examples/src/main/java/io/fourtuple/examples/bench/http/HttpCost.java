package io.fourtuple.examples.bench.http;

import io.fourtuple.examples.bench.http.HttpCostOptions.Format;
import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.PrivateNetwork;
import io.fourtuple.examples.command.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command {@code http-cost}: see {@link HttpCostOptions#HELP}. */
public final class HttpCost {
  private static final int DONE = 0;
  private static final int MISSED = 1;
  private static final int MISUSED = 2;

  /** There can be no private network, or no server, here. */
  private static final int IMPOSSIBLE = 3;

  /**
   * That of the machines that it starts, too: they inherit this option, and the last one counts.
   */
  private static final String HEAP = "-Xmx512m";

  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public HttpCost(PrintStream out, PrintStream err) {
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
    if (!args.isEmpty() && args.get(0).equals(HttpCostRun.ONE_FLAG)) {
      return runOne(args.subList(1, args.size()));
    }
    HttpCostOptions options;
    try {
      options = HttpCostOptions.parse(args);
    } catch (UsageException e) {
      err.println(e.getMessage());
      return MISUSED;
    }
    if (options.format() == Format.HELP) {
      out.print(HttpCostOptions.HELP);
      return DONE;
    }
    try {
      return run(options, args.size() + 1);
    } catch (IOException | RuntimeException e) {
      err.println("http-cost: " + e);
      return MISSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MISSED;
    }
  }

  private int runOne(List<String> args) {
    PrivateNetwork.endWithParent();
    try {
      out.println(HttpCostRun.one(args, err).toLine());
      return DONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MISSED;
    } catch (Exception e) { // a client may throw any
      err.println("http-cost: " + e);
      return MISSED;
    }
  }

  private int run(HttpCostOptions options, int arguments) throws IOException, InterruptedException {
    Optional<Path> nginx = Nginx.program();
    if (nginx.isEmpty()) {
      err.println("http-cost needs nginx; Debian has it as nginx-light");
      return IMPOSSIBLE;
    }
    if (options.inside()) {
      PrivateNetwork.endWithParent();
      try (Nginx server = Nginx.start(nginx.get())) {
        HttpCostRun run = new HttpCostRun(options, arguments, err);
        return report(options, new HttpCostReport(run.measure(server)));
      }
    }
    Optional<String> obstacle = PrivateNetwork.obstacle();
    if (obstacle.isPresent()) {
      err.println("http-cost needs a private network: " + obstacle.get());
      return IMPOSSIBLE;
    }
    return PrivateNetwork.run(arguments, HEAP, options.toInsideArguments());
  }

  private int report(HttpCostOptions options, HttpCostReport report) {
    if (options.format() == Format.JSON) {
      out.print(report.json());
    } else {
      out.print(Machine.describe() + ".\n\n" + report.table());
    }
    out.flush();
    List<String> missed = new ArrayList<>(report.failed());
    if (options.checks()) {
      missed.addAll(report.missed());
    }
    missed.forEach(bar -> err.println("missed: " + bar));
    return missed.isEmpty() ? DONE : MISSED;
  }
}
