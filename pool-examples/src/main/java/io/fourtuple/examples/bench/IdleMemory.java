package io.fourtuple.examples.bench;

import io.fourtuple.examples.bench.Holding.Kind;
import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.PrivateNetwork;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The command {@code idle-memory}: see {@link #help()}. */
public final class IdleMemory extends NetworkCommand {
  /** What {@code ulimit -n} 20,000 leaves room for. */
  private static final int CONNECTIONS = 19_000;

  private static final int QUICK_CONNECTIONS = 4_000;
  private static final int SERVER = 9_001;
  private static final String NAME = "idle-memory";
  private static final String HOLD_FLAG = "--hold";
  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar idle-memory [--quick] [--check]

      Prints what an idle pooled connection weighs beyond its channel: live heap after
      collection with 19,000 Netty channels without a handler, and with 19,000 idle
      connections of one pool, in a virtual machine each, over loopback to a server that
      never accepts. Counts afterwards how many of them the kernel shows as established.
      Takes 19,100 open files (ulimit -n).

        --quick   4,000 connections
        --check   exit code 1 where the difference is above 200 bytes, or one is dead
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
  public IdleMemory(PrintStream out, PrintStream err) {
    super(NAME, out, err);
  }

  @Override
  String help() {
    return HELP;
  }

  @Override
  String heap() {
    return "-Xmx64m";
  }

  /** Answers itself, in the virtual machines that hold: {@code --hold KIND CONNECTIONS}. */
  @Override
  public int run(List<String> args) {
    if (args.isEmpty() || !args.get(0).equals(HOLD_FLAG)) {
      return super.run(args);
    }
    PrivateNetwork.endWithParent();
    try {
      Kind kind = Kind.valueOf(args.get(1));
      out.println(Holding.of(kind, SERVER, Integer.parseInt(args.get(2))).toLine());
      return DONE;
    } catch (IOException e) {
      err.println(NAME + ": " + e);
      return MISSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MISSED;
    }
  }

  @Override
  int measure(NetworkOptions options) throws IOException, InterruptedException {
    Files.writeString(RANGE, Holding.EPHEMERAL.first() + " " + Holding.EPHEMERAL.last());
    int connections = options.quick() ? QUICK_CONNECTIONS : CONNECTIONS;
    int arguments = options.toInsideArguments(NAME).size();
    IdleMemoryReport report =
        new IdleMemoryReport(
            connections,
            held(Kind.BARE, connections, arguments),
            held(Kind.POOLED, connections, arguments));
    out.print(Machine.describe() + ".\n\n" + report.table());
    return verdict(options, report.missed());
  }

  /** What a virtual machine of its own says. */
  private Holding held(Kind kind, int connections, int arguments)
      throws IOException, InterruptedException {
    err.println(kind + ": " + connections + " connections");
    List<String> hold = List.of(NAME, HOLD_FLAG, kind.name(), String.valueOf(connections));
    try (Backlog backlog = new Backlog(SERVER)) {
      Process holder = PrivateNetwork.again(arguments, "-Xmx1g", hold);
      String said = new String(holder.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (holder.waitFor() != DONE) {
        throw new IOException(kind + " on port " + backlog.port() + " died");
      }
      return Holding.parse(said);
    }
  }
}
