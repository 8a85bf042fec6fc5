package io.fourtuple.examples.bench;

import io.fourtuple.examples.command.PrivateNetwork;
import io.fourtuple.examples.command.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/** A command that measures sockets, in a private network of its own. */
abstract class NetworkCommand {
  static final int DONE = 0;

  /** A bar was missed, or the measurement died. */
  static final int MISSED = 1;

  static final int MISUSED = 2;

  /** There can be no private network here. */
  static final int IMPOSSIBLE = 3;

  final PrintStream out;
  final PrintStream err;
  private final String name;

  NetworkCommand(String name, PrintStream out, PrintStream err) {
    this.name = name;
    this.out = out;
    this.err = err;
  }

  abstract String help();

  /** The option that bounds the heap of the run inside. */
  abstract String heap();

  /** Whether it can be given a number of sockets. */
  boolean takesSockets() {
    return false;
  }

  /** Measures, in the private network. */
  abstract int measure(NetworkOptions options) throws IOException, InterruptedException;

  /**
   * Runs it.
   *
   * @param args what follows the command's name
   * @return the exit code
   */
  public int run(List<String> args) {
    NetworkOptions options;
    try {
      options = NetworkOptions.parse(args, takesSockets());
    } catch (UsageException e) {
      err.println(e.getMessage());
      return MISUSED;
    }
    if (options.help()) {
      out.print(help());
      return DONE;
    }
    try {
      return run(options, args.size() + 1);
    } catch (IOException | RuntimeException e) {
      err.println(name + ": " + e);
      return MISSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return MISSED;
    }
  }

  private int run(NetworkOptions options, int arguments) throws IOException, InterruptedException {
    if (options.inside()) {
      PrivateNetwork.endWithParent();
      return measure(options);
    }
    Optional<String> obstacle = PrivateNetwork.obstacle();
    if (obstacle.isPresent()) {
      err.println(name + " needs a private network: " + obstacle.get());
      return IMPOSSIBLE;
    }
    return PrivateNetwork.run(arguments, heap(), options.toInsideArguments(name));
  }

  /** Tells what was missed, where that was asked for. */
  final int verdict(NetworkOptions options, List<String> missed) {
    out.flush();
    if (!options.checks()) {
      return DONE;
    }
    missed.forEach(bar -> err.println("missed: " + bar));
    return missed.isEmpty() ? DONE : MISSED;
  }
}
