package io.fourtuple.examples;

import io.fourtuple.examples.bench.ConnectCost;
import io.fourtuple.examples.bench.IdleMemory;
import io.fourtuple.examples.bench.LedgerCost;
import io.fourtuple.examples.bench.PoolCost;
import io.fourtuple.examples.bench.TableCost;
import io.fourtuple.examples.bench.http.HttpCost;
import io.fourtuple.examples.gateway.GatewayCommand;
import io.fourtuple.examples.incident.HttpCommand;
import io.fourtuple.examples.incident.IncidentCommand;
import io.fourtuple.examples.load.LoadCommand;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** Entry point of the examples: picks the sub-command that the first argument names. */
public final class Main {
  private static final String HELP =
      """
      usage: java -jar pool-examples.jar COMMAND [ARGUMENT ...]

      commands:
        incident      a proxy runs out of local ports, without Fourtuple and with it
        http          the one line that changes for users of java.net.http
        load          10,000 callers on 200 ports, through a pool and with a connection each
        gateway       a reverse proxy, written to be read and copied
        ledger-cost   what the port ledger costs per connection
        pool-cost     what acquire and release cost, in this pool and in others
        connect-cost  what a connect costs, by how full the range of ports is
        http-cost     what a request costs, with this HTTP client and with others
        idle-memory   what an idle connection weighs
        table-cost    what it costs to read the kernel's socket table
        help          this text

      COMMAND --help tells more about a command.
      """;

  private Main() {}

  /** Runs a sub-command and ends with its exit code. */
  public static void main(String[] args) {
    System.exit(run(Arrays.asList(args), System.out, System.err));
  }

  /** The same for tests: exit code 2 is a mistake in the arguments. */
  static int run(List<String> args, PrintStream out, PrintStream err) {
    String command = args.isEmpty() ? "" : args.get(0);
    switch (command) {
      case "incident" -> {
        return new IncidentCommand(out, err).run(args.subList(1, args.size()));
      }
      case "ledger-cost" -> {
        return new LedgerCost(out, err).run(args.subList(1, args.size()));
      }
      case "pool-cost" -> {
        return new PoolCost(out, err).run(args.subList(1, args.size()));
      }
      case "connect-cost" -> {
        return new ConnectCost(out, err).run(args.subList(1, args.size()));
      }
      case "idle-memory" -> {
        return new IdleMemory(out, err).run(args.subList(1, args.size()));
      }
      case "table-cost" -> {
        return new TableCost(out, err).run(args.subList(1, args.size()));
      }
      case "http-cost" -> {
        return new HttpCost(out, err).run(args.subList(1, args.size()));
      }
      case "http" -> {
        return new HttpCommand(out, err).run(args.subList(1, args.size()));
      }
      case "load" -> {
        return new LoadCommand(out, err).run(args.subList(1, args.size()));
      }
      case "gateway" -> {
        return new GatewayCommand(out, err).run(args.subList(1, args.size()));
      }
      case "help", "--help", "-h" -> {
        out.print(HELP);
        return IncidentCommand.KEPT;
      }
      default -> {
        err.println(command.isEmpty() ? "no command given" : "unknown command: " + command);
        err.print(HELP);
        return IncidentCommand.MISUSED;
      }
    }
  }
}
