package io.fourtuple.examples.incident;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.IdleReset;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.netty.Transport;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Callers behind a pool: each gets a connection, or waits for one, and sends one request. */
final class PoolPhase {
  /** How long the back ends wait for the crowd before they answer all the same. */
  private static final int GUARD_SECONDS = 20;

  private static final int MOST_WAITERS = 20_000;

  private final Phase phase;
  private final PortPlan plan;
  private final Progress progress;
  private final Tally tally;

  PoolPhase(Phase phase, PortPlan plan, Progress progress) {
    this.phase = phase;
    this.plan = plan;
    this.progress = progress;
    tally = new Tally(phase.load().deadline());
  }

  /** Runs the phase; reports it as skipped where the system lacks the selection of ports. */
  PhaseResult run() throws IOException, InterruptedException {
    PortLedger ledger = PortLedger.create(HostNetwork.read().limits());
    NettyConnector connector;
    try {
      connector = connector(ledger);
    } catch (IllegalArgumentException e) {
      return PhaseResult.skipped(phase, String.valueOf(e.getMessage()));
    }
    FirstAnswers answers =
        isCrowd() ? FirstAnswers.heldUntil(phase.capacity()) : FirstAnswers.notHeld();
    try (BackEnds backEnds = new BackEnds(plan.backEnds(), phase.load().closing(), answers);
        connector;
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(connector).maxWaiters(MOST_WAITERS).build();
        PeakWatch watch = watch(backEnds)) {
      long start = System.nanoTime();
      Callers callers = new Callers(phase.load(), pool, backEnds.endpoints(), tally);
      int peakOfCrowd = 0;
      if (isCrowd()) {
        callers.askAll();
        peakOfCrowd = awaitCrowd(answers, watch);
      } else {
        callers.askFirst();
        callers.askAll();
      }
      callers.awaitEnd();
      long nanos = System.nanoTime() - start;
      watch.look();
      return tally.result(
          phase,
          new Tally.Seen(
              ledger.stats().absorbed(),
              backEnds.accepted(),
              isCrowd() ? peakOfCrowd : watch.peak(),
              nanos));
    }
  }

  /** Whether all ports are to be in use at one moment. */
  private boolean isCrowd() {
    return phase.promise().peakPorts() != null;
  }

  private NettyConnector connector(PortLedger ledger) {
    PortSelection selection = phase.setting().way().selection().orElseThrow();
    return NettyConnector.builder()
        .ports(
            HostPorts.builder()
                .sources(phase.sourceAddresses().toArray(String[]::new))
                .selection(selection)
                .ports(plan.block(phase.setting().way()))
                .headRoom(0)
                .ledger(ledger)
                .build())
        .transport(selection == PortSelection.OWNED ? Transport.NIO : Transport.EPOLL)
        .handler((channel, destination) -> HttpExchanges.install(channel))
        // A reset leaves no TIME_WAIT, which is what the phases with a FIN are about.
        .idleReset(IdleReset.NEVER)
        .build();
  }

  private PeakWatch watch(BackEnds backEnds) {
    return new PeakWatch(
        new PortsInUse(plan.block(phase.setting().way()), backEnds.endpoints()),
        ports ->
            progress.now(
                String.format(
                    Locale.ROOT,
                    "  %-26s %,d of %,d answered or refused, %d ports in use",
                    phase.title(),
                    tally.finished(),
                    phase.load().requests(),
                    ports)));
  }

  /** Waits until every connection that can exist carries a request, and counts their ports. */
  private static int awaitCrowd(FirstAnswers answers, PeakWatch watch)
      throws IOException, InterruptedException {
    try {
      answers.full().get(GUARD_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      // The peak tells: it stays below the capacity.
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    int peak = watch.look();
    answers.release();
    return peak;
  }
}
