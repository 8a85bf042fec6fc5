package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.PrivateNetwork;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command {@code http}: see its help. */
public final class HttpCommand {
  private static final String NAME = "http";
  private static final String INSIDE_FLAG = "--inside";
  private static final String HEAP = "-Xmx256m";
  private static final int STANDARD_OUTPUT = 1;

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar http

      Shows the one line that changes for a user of java.net.http: 10,000 requests by 32
      threads over 64 local ports, with the JDK's client and with this library's; to a
      server that leaves closing to the client, and to one that keeps connections. In a
      private network (unshare -Urn) with net.ipv4.tcp_tw_reuse=0, in about 20 seconds.

      exit code: 0 no request of this library's failed, 1 one did, or the command died,
      2 the arguments were wrong, 3 no private network can be had here
      """;

  private static final String SET =
      """
      Set, in the private network: net.ipv4.tcp_tw_reuse=0; for the JDK's client a range of
      64 ports (net.ipv4.ip_local_port_range). For this library's as many that are its own,
      outside of that range (PortSelection.OWNED, headRoom 0): it binds them itself, with
      SO_REUSEADDR, and takes one that rests in TIME_WAIT again, which the kernel allows
      where both ends have TCP timestamps. All else is the default: the first connections
      wait 250 ms for the server to close, as it has said, which it never does. The others
      do not wait for it any more.
      """;

  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public HttpCommand(PrintStream out, PrintStream err) {
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
    boolean inside = args.equals(List.of(INSIDE_FLAG));
    if (!args.isEmpty() && !inside) {
      err.println("unknown argument: " + args.get(0) + "; there is --help");
      return IncidentCommand.MISUSED;
    }
    try {
      return inside ? runInside() : runOutside();
    } catch (IOException | RuntimeException e) {
      err.println(NAME + ": " + e);
      return IncidentCommand.BROKEN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return IncidentCommand.BROKEN;
    }
  }

  private int runOutside() throws IOException, InterruptedException {
    Optional<String> obstacle = PrivateNetwork.obstacle();
    if (obstacle.isPresent()) {
      err.println(NAME + " needs a private network: " + obstacle.get());
      return IncidentCommand.NOTHING_RAN;
    }
    return PrivateNetwork.run(1, HEAP, List.of(NAME, INSIDE_FLAG));
  }

  private int runInside() throws IOException, InterruptedException {
    PrivateNetwork.endWithParent();
    KernelSetting.TCP_TW_REUSE.write("0");
    Progress progress = Progress.on(out, STANDARD_OUTPUT);
    progress.line("- " + HttpSide.JDK.line());
    progress.line("+ " + HttpSide.FOURTUPLE.line());
    progress.line("");
    progress.line(SET);
    List<HttpOutcome> outcomes = new ArrayList<>();
    for (HttpCase server : HttpCase.values()) {
      for (HttpSide side : HttpSide.values()) {
        outcomes.add(new HttpRun(server, side, progress).run());
      }
    }
    progress.line(Machine.describe() + ".\n");
    out.print(HttpOutcome.table(outcomes));
    out.flush();
    return verdict(outcomes);
  }

  private int verdict(List<HttpOutcome> outcomes) {
    for (HttpOutcome outcome : outcomes) {
      if (outcome.client() == HttpSide.FOURTUPLE && outcome.succeeded() != HttpRun.REQUESTS) {
        err.println("a request failed: " + outcome.firstFailure());
        return IncidentCommand.BROKEN;
      }
    }
    return IncidentCommand.KEPT;
  }
}
