package io.fourtuple.command;

import io.fourtuple.command.Options.UsageException;
import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TuningAdvice;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The command; see {@link Options#HELP}. */
public final class PortsCommand {
  private static final String CLEAR = "\u001b[H\u001b[2J";

  /** Where the host's state comes from. */
  interface Host {
    HostNetwork network();

    SocketTable table() throws IOException;
  }

  private static final Host THIS =
      new Host() {
        @Override
        public HostNetwork network() {
          return HostNetwork.read();
        }

        @Override
        public SocketTable table() throws IOException {
          return SocketTable.read();
        }
      };

  private final Host host;
  private final PrintStream out;
  private final PrintStream err;
  private final boolean isTerminal;
  private final boolean colours;

  /** Never counted down: to wait for it is to pause. */
  private final CountDownLatch never = new CountDownLatch(1);

  PortsCommand(Host host, PrintStream out, PrintStream err, boolean isTerminal, boolean colours) {
    this.host = host;
    this.out = out;
    this.err = err;
    this.isTerminal = isTerminal;
    this.colours = colours;
  }

  /** Runs it, and ends with its exit code. */
  public static void main(String[] arguments) {
    boolean isTerminal = isTerminal(Path.of("/proc/self/fd/1"));
    boolean colours = System.getenv("NO_COLOR") == null;
    PortsCommand command = new PortsCommand(THIS, System.out, System.err, isTerminal, colours);
    System.exit(command.runSafely(Arrays.asList(arguments)).ordinal());
  }

  /** Whatever happens is one of the four codes: 1 would be a warning. */
  ExitCode runSafely(List<String> arguments) {
    try {
      ExitCode code = run(arguments);
      return out.checkError() ? ExitCode.UNKNOWN : code; // nobody has got it
    } catch (RuntimeException | Error e) {
      err.println("the command has failed: " + e);
      return ExitCode.UNKNOWN;
    }
  }

  /** Not {@link System#console}: newer JDKs have one everywhere. */
  private static boolean isTerminal(Path output) {
    try {
      String device = Files.readSymbolicLink(output).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  ExitCode run(List<String> arguments) {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (UsageException e) {
      boolean isCheck = arguments.stream().anyMatch(each -> each.matches("--(warn|crit).*"));
      if (isCheck) { // a monitoring system shows this stream
        out.println("PORTS UNKNOWN - " + e.getMessage());
      } else {
        err.println(e.getMessage());
      }
      return ExitCode.UNKNOWN;
    }
    return switch (options.format()) {
      case HELP -> printed(Options.HELP);
      case VERSION -> printed(version() + "\n");
      case ADVICE -> printed(TuningAdvice.of(host.network()).toString());
      case PLAN ->
          printed(PlanOutput.of(host.network(), options.plan().get(0), options.plan().get(1)));
      case TABLE, JSON, PROMETHEUS -> look(options);
    };
  }

  private ExitCode printed(String text) {
    out.print(text);
    return ExitCode.OK;
  }

  private static String version() {
    String version = PortsCommand.class.getPackage().getImplementationVersion();
    return "fourtuple " + (version == null ? "of unknown version" : version);
  }

  private ExitCode look(Options options) {
    ExitCode code = lookOnce(options);
    while (options.watchSeconds() > 0 && !out.checkError()) {
      try {
        if (never.await(options.watchSeconds(), TimeUnit.SECONDS)) {
          return code;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return code;
      }
      if (isTerminal && options.format() == Options.Format.TABLE) {
        out.print(CLEAR);
      }
      code = lookOnce(options);
    }
    return code;
  }

  private ExitCode lookOnce(Options options) {
    Stock stock;
    try {
      stock = Stock.of(host.network(), host.table(), options.filter());
    } catch (IOException e) {
      String why = "cannot read the kernel's socket table: " + e.getMessage();
      if (options.isCheck()) {
        out.println("PORTS UNKNOWN - " + why);
      } else {
        err.println(why);
      }
      return ExitCode.UNKNOWN;
    }
    out.print(
        switch (options.format()) {
          case JSON -> JsonOutput.of(stock, options);
          case PROMETHEUS -> PrometheusOutput.of(stock, options);
          default ->
              new TableOutput(options, isTerminal, colours, Charset.defaultCharset()).of(stock);
        });
    return ExitCode.of(stock.percent(), options);
  }
}
