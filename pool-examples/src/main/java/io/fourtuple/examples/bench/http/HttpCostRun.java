package io.fourtuple.examples.bench.http;

import io.fourtuple.examples.command.PrivateNetwork;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Looks at the clients one after the other, round by round; their order changes. */
final class HttpCostRun {
  static final String ONE_FLAG = "--one";

  /** The same for all. Pages of the heap are touched first, and compiler threads stay. */
  private static final List<String> OPTIONS =
      List.of(
          "-Xms512m",
          "-Xmx512m",
          "-XX:+UseG1GC",
          "-XX:+AlwaysPreTouch",
          "-XX:-UseDynamicNumberOfCompilerThreads",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

  private final HttpCostOptions options;
  private final int arguments;
  private final PrintStream progress;

  /**
   * Prepares it.
   *
   * @param arguments how many arguments this process was started with
   */
  HttpCostRun(HttpCostOptions options, int arguments, PrintStream progress) {
    this.options = options;
    this.arguments = arguments;
    this.progress = progress;
  }

  List<HttpCostResult> measure(Nginx server) throws IOException, InterruptedException {
    List<HttpCostResult> results = new ArrayList<>();
    for (Body body : options.bodies()) {
      for (int concurrency : options.concurrencies()) {
        List<HttpCostResult> those = new ArrayList<>();
        for (HttpEntrant entrant : options.entrants()) {
          if (entrant.takesPart(concurrency)) {
            those.add(new HttpCostResult(body, concurrency, entrant));
          }
        }
        measure(those, server.port());
        results.addAll(those);
      }
    }
    return results;
  }

  private void measure(List<HttpCostResult> those, int port)
      throws IOException, InterruptedException {
    for (int round = 0; round < options.rounds(); round++) {
      List<HttpCostResult> order = new ArrayList<>(those);
      Collections.rotate(order, round * order.size() / options.rounds());
      for (HttpCostResult next : order) {
        HttpFigures figures = inOwnMachine(next, port);
        next.add(figures);
        progress.printf(
            Locale.ROOT,
            "%s bytes, %d at a time, round %d: %s %.1f us%n",
            next.body().title(),
            next.concurrency(),
            round + 1,
            next.entrant().title(),
            figures.cpuMicrosPerRequest());
      }
    }
  }

  private HttpFigures inOwnMachine(HttpCostResult next, int port)
      throws IOException, InterruptedException {
    List<String> machine = new ArrayList<>(OPTIONS);
    machine.addAll(next.entrant().options());
    Process process =
        PrivateNetwork.again(
            arguments,
            machine,
            List.of(
                HttpCostOptions.COMMAND,
                ONE_FLAG,
                next.entrant().title(),
                next.body().title(),
                String.valueOf(next.concurrency()),
                String.valueOf(port),
                options.length().name()));
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(next.entrant().title() + " died");
    }
    return HttpFigures.parse(said);
  }

  /**
   * What such a machine does: measures one client.
   *
   * @param args as above, without command and flag
   */
  static HttpFigures one(List<String> args, PrintStream err) throws Exception {
    HttpEntrant entrant = HttpEntrant.titled(args.get(0)).orElseThrow();
    Target target =
        new Target(
            Integer.parseInt(args.get(3)),
            Body.titled(args.get(1)).orElseThrow(),
            Integer.parseInt(args.get(2)));
    HttpCostLength length = HttpCostLength.valueOf(args.get(4));
    return new HttpLoad(target, entrant.at(target), err)
        .measure(length.warmUpMillis(), length.windowMillis());
  }
}
