package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Waiters of several threads: each is served, refused or has left, once, and none is forgotten. */
class PortQueuesTest {
  private static final int THREADS = 4;
  private static final int WAITERS = 2_000;

  private final PortLedger ledger = PortLedger.create(HostLimits.linuxDefaults());
  private final PortQueues queues = new PortQueues(ledger, Integer.MAX_VALUE);
  private final Queue<PortReservation> used = new ConcurrentLinkedQueue<>();

  private static List<Route> routes(int endpoint) {
    PortSet ports = PortSet.parse("20000-20002");
    SourceAddress source =
        new SourceAddress(
            Endpoint.of("10.0.0.5", 1).address(),
            ports,
            PortSelection.OWNED,
            new PortBudget(ports.size(), 0, ports.size()));
    return List.of(new Route(source, Endpoint.of("203.0.113." + endpoint, 443)));
  }

  private final class Waiter implements PortQueues.Waiter {
    final AtomicInteger ends = new AtomicInteger();
    private final long since = ledger.ticker().read();

    @Override
    public long since() {
      return since;
    }

    @Override
    public Deadline deadline() {
      return Deadline.after(since, Duration.ofSeconds(60));
    }

    @Override
    public void granted(PortReservation reservation) {
      ends.incrementAndGet();
      used.add(reservation);
    }

    @Override
    public void refused(PortsExhaustedException why) {
      ends.incrementAndGet();
    }
  }

  @Test
  void noneIsForgotten() {
    List<CompletableFuture<List<Waiter>>> threads =
        IntStream.range(0, THREADS)
            .mapToObj(thread -> CompletableFuture.supplyAsync(() -> comeAndGo(thread)))
            .toList();
    List<Waiter> all = threads.stream().flatMap(thread -> thread.join().stream()).toList();
    while (all.stream().anyMatch(waiter -> waiter.ends.get() == 0)) {
      giveBack();
      Thread.onSpinWait();
    }
    while (!used.isEmpty()) {
      giveBack();
    }

    assertThat(all).allMatch(waiter -> waiter.ends.get() == 1);
    assertThat(queues.waiting()).isZero();
    assertThat(ledger.census()).allMatch(PortQueuesTest::isIdle);
  }

  private static boolean isIdle(PortCensus census) {
    return census.waiting() == 0 && census.reserved() == 0;
  }

  private List<Waiter> comeAndGo(int thread) {
    List<Waiter> mine = new ArrayList<>();
    for (int i = 0; i < WAITERS; i++) {
      List<Route> routes = routes(1 + (i + thread) % 2);
      Waiter waiter = new Waiter();
      mine.add(waiter);
      PortReservation reservation = queues.tryReserve(routes);
      if (reservation != null) {
        waiter.granted(reservation);
      } else {
        queues.add(waiter, routes);
      }
      if (i % 3 == 0 && queues.remove(waiter, routes)) {
        waiter.ends.incrementAndGet();
      }
      if (i % 2 == 0) {
        giveBack();
      }
    }
    return mine;
  }

  private void giveBack() {
    PortReservation reservation = used.poll();
    if (reservation != null) {
      reservation.settle(Ending.ABANDONED);
    }
  }
}
