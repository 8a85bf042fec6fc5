package io.fourtuple.examples.bench;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The command {@code ledger-cost}: what the ledger adds to a connection, on one thread, against how
 * full the route is. The free ports lie scattered, as after a day of traffic.
 */
public final class LedgerCost {
  private static final int CYCLES = 100_000;
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 9;
  private static final double[] OCCUPANCIES = {0, 50, 90, 99, 99.9};

  private static final String HELP =
      """
      usage: java -jar pool-examples.jar ledger-cost

      Prints what the port ledger costs per connection, by selection and occupancy: median of 9
      rounds of 100,000, in processor time of one thread. Takes half a minute.
      """;

  private final PrintStream out;
  private final PrintStream err;

  /**
   * Makes the command.
   *
   * @param out standard output
   * @param err standard error
   */
  public LedgerCost(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /**
   * Runs it.
   *
   * @param args what follows the command's name
   * @return the exit code: 0, or 2 for wrong arguments
   */
  public int run(List<String> args) {
    if (args.equals(List.of("--help"))) {
      out.print(HELP);
      return 0;
    }
    if (!args.isEmpty()) {
      err.println("unknown argument: " + args.get(0));
      err.print(HELP);
      return 2;
    }
    out.printf("%-9s  %9s  %23s  %23s%n", "", "", "reserve + settle", "whole life");
    out.printf(
        "%-9s  %9s  %12s  %9s  %12s  %9s%n",
        "selection", "occupied", "ns", "to empty", "ns", "to empty");
    for (PortSelection selection : PortSelection.values()) {
      measure(selection);
    }
    return 0;
  }

  private void measure(PortSelection selection) {
    double emptyShort = 0;
    double emptyLife = 0;
    for (double occupancy : OCCUPANCIES) {
      Bench bench = new Bench(selection, occupancy);
      double reserveAndSettle = median(bench::reserveAndSettle);
      double life = median(bench::wholeLife);
      emptyShort = occupancy == 0 ? reserveAndSettle : emptyShort;
      emptyLife = occupancy == 0 ? life : emptyLife;
      out.printf(
          Locale.ROOT,
          "%-9s  %7.1f %%  %12.0f  %9.2f  %12.0f  %9.2f%n",
          selection,
          occupancy,
          reserveAndSettle,
          reserveAndSettle / emptyShort,
          life,
          life / emptyLife);
    }
  }

  /** Nanoseconds of processor time for one cycle: others may share the processor. */
  private static double median(Runnable cycle) {
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    double[] rounds = new double[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      long begin = clock.getCurrentThreadCpuTime();
      for (int i = 0; i < CYCLES; i++) {
        cycle.run();
      }
      long took = clock.getCurrentThreadCpuTime() - begin;
      if (round >= 0) {
        rounds[round] = (double) took / CYCLES;
      }
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2];
  }

  /** A route that is as full as asked. */
  private static final class Bench {
    private static final long MILLISECOND = 1_000_000;

    private final List<Route> routes;
    private final PortLedger ledger;

    /** Ports that a kernel would pick. */
    private final List<Integer> open = new ArrayList<>();

    private long ahead;
    private int cycles;

    Bench(PortSelection selection, double occupancy) {
      HostLimits limits = HostLimits.linuxDefaults();
      PortSet ports = PortSet.of(limits.ephemeral());
      SourceAddress source =
          SourceAddress.of(Endpoint.of("10.0.0.5", 1).address(), ports, selection)
              .withBudget(PortBudget.defaultFor(selection, ports.size()).withHeadRoom(0));
      routes = List.of(new Route(source, Endpoint.of("203.0.113.7", 443)));
      // The machine's clock, and a millisecond more per connection, so that rests come to an end.
      ledger =
          PortLedger.builder(limits)
              .ticker(() -> System.nanoTime() + ahead)
              .scheduler((task, delay) -> () -> {})
              .build();
      fill(ports.size(), (int) Math.round(ports.size() * (100 - occupancy) / 100));
    }

    private void fill(int ports, int free) {
      List<PortReservation> all = new ArrayList<>();
      for (int i = 0; i < ports; i++) {
        PortReservation reservation = reserve();
        reservation.connecting();
        reservation.established(reservation.port() != 0 ? reservation.port() : firstPort() + i);
        all.add(reservation);
      }
      Collections.shuffle(all, new Random(1));
      for (PortReservation reservation : all.subList(0, free)) {
        reservation.settle(Ending.ABANDONED);
        open.add(reservation.port());
      }
    }

    private int firstPort() {
      return ledger.limits().ephemeral().first();
    }

    private PortReservation reserve() {
      PortReservation reservation = ledger.tryReserve(routes);
      if (reservation == null) {
        throw new IllegalStateException("no port: " + ledger.census(routes.get(0)));
      }
      return reservation;
    }

    void reserveAndSettle() {
      ahead += MILLISECOND;
      reserve().settle(Ending.ABANDONED);
    }

    void wholeLife() {
      ahead += MILLISECOND;
      PortReservation reservation = reserve();
      reservation.connecting();
      int picked = open.get(cycles++ % open.size());
      reservation.established(reservation.port() != 0 ? reservation.port() : picked);
      reservation.closing();
      reservation.settle(Ending.PEER_CLOSED_FIRST);
    }
  }
}
