package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.Machine;
import io.fourtuple.examples.command.MarkdownTable;
import io.fourtuple.host.SocketTable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The command {@code table-cost}: see {@link #help()}. */
public final class TableCost extends NetworkCommand {
  /** What {@code ulimit -n} 20,000 leaves room for; the table shows both ends of each. */
  private static final int CONNECTIONS = 19_000;

  private static final int QUICK_CONNECTIONS = 2_000;
  private static final int ROUNDS = 40;

  /** More rows are read in fewer rounds. */
  private static final int ROUNDS_OF_CROWD = 20;

  private static final double BAR = 1.2;
  private static final int SERVER = 9_001;
  private static final String NAME = "table-cost";
  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final List<Path> FILES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar table-cost [--quick] [--check]

      Prints what it costs to read the kernel's socket table with 19,000 connections over
      loopback, which are 38,000 sockets: processor time of SocketTable.read(), and of a
      bare read of the same files into a buffer, in turns; medians of 20 after as many to
      warm up. Takes 19,100 open files (ulimit -n).

        --quick      2,000 connections
        --sockets=N  so many sockets (500,000 at most) that have no file, instead: they wait
                     in the queues of servers, half of them IPv6's. Medians of 10. 400,000
                     take 1.5 GB of the kernel's memory, and a minute
        --check      exit code 1 where the table takes more than 1.2 times the bare read
        --help       this text

      exit code: 0 done, 1 a bar was missed, 2 the arguments were wrong, 3 no private
      network (unshare -Urn) can be had here
      """;

  private final ThreadMXBean clock = ManagementFactory.getThreadMXBean();

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public TableCost(PrintStream out, PrintStream err) {
    super(NAME, out, err);
  }

  @Override
  String help() {
    return HELP;
  }

  @Override
  String heap() {
    return "-Xmx512m";
  }

  @Override
  boolean takesSockets() {
    return true;
  }

  @Override
  int measure(NetworkOptions options) throws IOException {
    return options.sockets() > 0 ? amidCrowd(options) : amidConnections(options);
  }

  private int amidCrowd(NetworkOptions options) throws IOException {
    try (Crowd crowd = new Crowd(options.sockets())) {
      return measured(options, ROUNDS_OF_CROWD, crowd.sockets());
    }
  }

  private int amidConnections(NetworkOptions options) throws IOException {
    Files.writeString(RANGE, Holding.EPHEMERAL.first() + " " + Holding.EPHEMERAL.last());
    int connections = options.quick() ? QUICK_CONNECTIONS : CONNECTIONS;
    List<SocketChannel> held = new ArrayList<>();
    try (Backlog server = new Backlog(SERVER)) {
      InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
      for (int i = 0; i < connections; i++) {
        held.add(SocketChannel.open(to));
      }
      return measured(options, ROUNDS, 2 * connections);
    } finally {
      for (SocketChannel channel : held) {
        channel.close();
      }
    }
  }

  private int measured(NetworkOptions options, int rounds, int least) throws IOException {
    int warmUp = rounds / 2; // the JIT is at work
    long[] bare = new long[rounds - warmUp];
    long[] table = new long[rounds - warmUp];
    int sockets = 0;
    for (int round = 0; round < rounds; round++) {
      long start = clock.getCurrentThreadCpuTime();
      long bytes = bareRead();
      long middle = clock.getCurrentThreadCpuTime();
      sockets = SocketTable.read().size();
      long end = clock.getCurrentThreadCpuTime();
      if (bytes == 0 || sockets < least) {
        throw new IOException("the table shows " + sockets + " sockets, there are " + least);
      }
      if (round >= warmUp) {
        bare[round - warmUp] = middle - start;
        table[round - warmUp] = end - middle;
      }
    }
    double ratio = median(table) / (double) median(bare);
    out.print(Machine.describe() + ".\n\n" + rows(sockets, median(bare), median(table), ratio));
    return verdict(
        options,
        ratio <= BAR
            ? List.of()
            : List.of(
                String.format(
                    Locale.ROOT,
                    "the table takes %.2f times a bare read, at most %.1f are promised",
                    ratio,
                    BAR)));
  }

  private static long bareRead() throws IOException {
    byte[] buffer = new byte[64 << 10];
    long bytes = 0;
    for (Path file : FILES) {
      if (!Files.exists(file)) {
        continue; // a kernel without IPv6
      }
      try (InputStream in = new FileInputStream(file.toFile())) {
        for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
          bytes += read;
        }
      }
    }
    return bytes;
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String rows(int sockets, long bare, long table, double ratio) {
    return MarkdownTable.of(
        List.of(
            List.of("", "sockets", "processor time, ms", "to the bare read"),
            row("bare read of the files", sockets, bare, 1),
            row("SocketTable.read()", sockets, table, ratio)),
        Set.of(0));
  }

  private static List<String> row(String label, int sockets, long nanos, double ratio) {
    return List.of(
        label,
        String.format(Locale.ROOT, "%,d", sockets),
        String.format(Locale.ROOT, "%.1f", nanos / 1e6),
        String.format(Locale.ROOT, "%.2f", ratio));
  }
}
