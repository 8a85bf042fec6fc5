package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortCensus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A world of a size that a server has: many sources with all selections, many endpoints, pools that
 * close and open again, and clients without a pool, on one ledger. After each step it checks what
 * the step has touched; after every so many steps, and at the end, everything.
 */
final class LongWorld implements Scenario.World {
  final LongShape shape;
  final LongNetwork network;
  final SimulatedHost host;
  final Invariants invariants;
  final Findings findings = new Findings();
  final LineUps lineUps = new LineUps();
  final LongTally tally = new LongTally();
  final LongPools pools;
  final LongClients clients;
  final List<SimulatedSocket> neighbours = new ArrayList<>();
  private boolean idle;
  private int steps;

  LongWorld(LongShape shape) {
    this(shape, ledger -> {}, new Misbehaviour());
  }

  /** A world with a fault of its own, for tests of the oracle. */
  LongWorld(LongShape shape, SimulatedHost.LedgerSettings settings, Misbehaviour misbehaviour) {
    this.shape = shape;
    network = new LongNetwork(shape, settings, misbehaviour);
    host = network.host;
    invariants = new Invariants(host);
    pools = new LongPools(this);
    clients = new LongClients(this);
  }

  /** An operation has found nothing to act on. */
  void nothingToDo() {
    idle = true;
  }

  /** Applies an operation; false where it has found nothing to act on. */
  boolean apply(Scenario.Operation<? super LongWorld> operation) {
    idle = false;
    operation.apply(this);
    return !idle;
  }

  static <T> T removeFrom(List<T> list, int n) {
    T last = list.remove(list.size() - 1);
    int index = n % (list.size() + 1);
    return index == list.size() ? last : list.set(index, last);
  }

  @Override
  public void check() {
    host.time().runUntilIdle();
    findings.check();
    steps++;
    if (steps % shape.checkAllEvery() == 0) {
      checkAll();
    } else if (steps % shape.checkEvery() == 0 && invariants.book().isAnyTouched()) {
      invariants.checkTouched();
    }
    lineUps.checkServed();
    pools.nobodyWaitsPastTheDeadline();
    findings.check();
  }

  private void checkAll() {
    host.ledger().census(); // looking lets time pass in the ledger, which may serve who waits
    host.time().runUntilIdle();
    invariants.check();
    pools.check();
    lineUps.checkAll();
    tally.mostRoutes = Math.max(tally.mostRoutes, host.ledger().census().size());
  }

  @Override
  public void finish() {
    calmDown();
    checkAll();
    pools.closeLeases();
    host.advance(Duration.ofSeconds(10)); // the longest that callers wait
    require(pools.callers.isEmpty(), "still wait:", pools.callers.size());
    pools.closeLeases();
    checkAll();
    pools.closeAll();
    int stillWait;
    do { // who gets a port may keep others waiting, until it is closed in the next round
      stillWait = clients.waiting.size();
      for (Line line : List.copyOf(invariants.book().open())) {
        line.close(CloseMode.RESET);
      }
      host.advance(Duration.ofMinutes(4));
      require(
          clients.waiting.isEmpty() || clients.waiting.size() < stillWait,
          "all ports were given back, yet nobody of these got one:",
          clients.waiting.size());
    } while (stillWait > 0);
    pools.allHaveEnded();
    checkAll();
    invariants.checkQuiet();
    for (PortCensus census : host.ledger().census()) {
      require(census.used() == 0, "ports lost for good:", census);
    }
    require(host.kernel().sockets().isEmpty(), "the kernel still holds", host.kernel().sockets());
    sumUp();
  }

  /** Peers, addresses and neighbours are as they should be; connects in progress end. */
  private void calmDown() {
    host.ledger().enforcement(Enforcement.ENFORCE);
    network.endpoints.forEach(endpoint -> host.kernel().peer(endpoint).start());
    network.sources.forEach(source -> host.kernel().addAddress(source.address()));
    neighbours.forEach(host.kernel()::vacate);
    host.advance(Duration.ofSeconds(5));
  }

  private void sumUp() {
    tally.absorbed = host.ledger().stats().absorbed();
    tally.unexplained = invariants.book().unexplainedRefusals();
    for (SimulatedConnector connector : network.connectors()) {
      tally.connects += connector.attempts();
      tally.opened += connector.opened();
    }
    for (SimulatedNat nat : host.kernel().nats().all()) {
      tally.natPassed += nat.passed();
      tally.natDropped += nat.dropped();
    }
    tally.natSurprised = invariants.book().dropsByNat();
    tally.natDropped -= tally.natSurprised;
    for (LineBook.Page page : invariants.book().pages()) {
      if (page.refusals > tally.worstRefusals) {
        tally.worstRefusals = page.refusals;
        tally.worstRoute = page.route.toString();
      }
    }
  }
}
