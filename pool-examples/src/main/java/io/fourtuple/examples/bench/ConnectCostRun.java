package io.fourtuple.examples.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Fills ports, series by series, round by round; the order of the series changes. */
final class ConnectCostRun {
  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final int CONNECTIONS = ConnectSeries.CONNECTIONS;
  private static final int WARM_UP = CONNECTIONS / 8;
  private static final int REFUSALS = 200;
  private static final double NANOS_PER_MICRO = 1_000;
  private static final int FIRST_SERVER = 9_001;

  private final ThreadsClock clock = new ThreadsClock();
  private final PrintStream progress;
  private final int rounds;
  private int server = FIRST_SERVER;

  ConnectCostRun(int rounds, PrintStream progress) {
    this.rounds = rounds;
    this.progress = progress;
  }

  List<ConnectCostResult> measure() throws IOException, InterruptedException {
    Files.writeString(
        RANGE, ConnectSeries.EPHEMERAL.first() + " " + ConnectSeries.EPHEMERAL.last());
    List<ConnectCostResult> results = new ArrayList<>();
    for (ConnectSeries series : ConnectSeries.values()) {
      results.add(new ConnectCostResult(series));
      warmUp(series);
    }
    for (int round = 0; round < rounds; round++) {
      List<ConnectCostResult> order = new ArrayList<>(results);
      Collections.rotate(order, round * order.size() / rounds);
      for (ConnectCostResult next : order) {
        progress.printf("round %d: %s%n", round + 1, next.series().label());
        fill(next);
      }
    }
    return results;
  }

  private void warmUp(ConnectSeries series) throws IOException, InterruptedException {
    try (Backlog backlog = new Backlog(++server);
        Filling filling = series.begin(backlog.port())) {
      for (int i = 0; i < WARM_UP; i++) {
        filling.open();
      }
    }
  }

  private void fill(ConnectCostResult into) throws IOException, InterruptedException {
    // A server of its own for each: its queue keeps what was reset, until it is closed.
    try (Backlog backlog = new Backlog(++server);
        Filling filling = into.series().begin(backlog.port())) {
      int open = 0;
      for (Band band : Band.values()) {
        open = open(filling, open, band.first(CONNECTIONS));
        clock.start();
        int before = open;
        open = open(filling, open, band.end(CONNECTIONS));
        into.at(band).add(clock.spent() / NANOS_PER_MICRO / (open - before));
      }
      if (into.series().endsFull()) {
        refuse(into, filling);
      }
    }
  }

  private static int open(Filling filling, int from, int to)
      throws IOException, InterruptedException {
    for (int i = from; i < to; i++) {
      filling.open();
    }
    return to;
  }

  private void refuse(ConnectCostResult into, Filling filling) throws InterruptedException {
    long connects = filling.connects();
    clock.start();
    for (int i = 0; i < REFUSALS; i++) {
      filling.beRefused();
    }
    into.refused().add(clock.spent() / NANOS_PER_MICRO / REFUSALS);
    into.addConnectsWhileRefused(filling.connects() - connects);
  }
}
