package io.fourtuple.pool;

import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortDemand;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortOutlook;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A destination's demand for a port, registered with the ledger on all its routes while callers
 * wait and no port is free. One for all callers: the ledger compares demands by their longest
 * waiting caller.
 */
final class PortShortage<C> implements PortDemand {
  private final DestinationPool<C> owner;
  private final List<Route> routes;
  private final boolean isPartial;
  private final PortLedger ledger;

  PortShortage(DestinationPool<C> owner, List<Route> routes, boolean isPartial, PortLedger ledger) {
    this.owner = owner;
    this.routes = List.copyOf(routes);
    this.isPartial = isPartial;
    this.ledger = ledger;
  }

  /** Whether routes were left out for now, being down or busy: waiting may end there as well. */
  boolean isPartial() {
    return isPartial;
  }

  @Override
  public List<Route> routes() {
    return routes;
  }

  @Override
  public long waitingSince() {
    return owner.queue().headSince();
  }

  @Override
  public int waiting() {
    return owner.queue().sizeNow();
  }

  @Override
  public void granted(PortReservation reservation) {
    owner.connecting().granted(this, reservation);
  }

  /**
   * Refuses those for whom no port can come in time: nothing that might free one is under way, and
   * the expiry that would be theirs is known and lies after their deadline; and those who come
   * while nothing moves.
   */
  @Override
  public void reconsider() {
    owner.connecting().shortages().standstill().refuseNewcomers(this);
    int waiting = owner.waiting();
    PortOutlook outlook = ledger.outlook(routes, waiting);
    if (isPartial || waiting == 0 || outlook.live() || outlook.expiries().isEmpty()) {
      return;
    }
    List<PortCensus> censuses = censuses();
    long now = ledger.ticker().read();
    Expectation<?> expected = owner.connecting().expected();
    owner.refuseIf(
        (waiter, ahead) -> {
          Duration until = outlook.untilFree(expected.connectionsAhead(ahead)).orElse(null);
          return until == null || until.toNanos() <= waiter.deadline.nanosLeft(now)
              ? null
              : new PortsExhaustedException(censuses, owner.waited(waiter), until);
        });
  }

  /** What to tell a caller whose deadline has come. */
  PortsExhaustedException timedOut(Waiter<C> waiter) {
    Duration next = ledger.outlook(routes, 1).untilFree(0).orElse(null);
    return new PortsExhaustedException(censuses(), owner.waited(waiter), next);
  }

  List<PortCensus> censuses() {
    List<PortCensus> censuses = new ArrayList<>(routes.size());
    for (Route route : routes) {
      censuses.add(ledger.census(route));
    }
    return censuses;
  }
}
