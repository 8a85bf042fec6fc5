package io.fourtuple.pool;

import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortDemand;
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
  private final DestinationPool<C> pool;
  private final WaitQueue<C> queue;
  private final List<Route> routes;

  PortShortage(DestinationPool<C> pool, WaitQueue<C> queue, List<Route> routes) {
    this.pool = pool;
    this.queue = queue;
    this.routes = List.copyOf(routes);
  }

  @Override
  public List<Route> routes() {
    return routes;
  }

  @Override
  public long waitingSince() {
    return queue.headSince();
  }

  @Override
  public void granted(PortReservation reservation) {
    pool.granted(this, reservation);
  }

  /**
   * Refuses those for whom no port can come in time: nothing that might free one is under way, and
   * the expiry that would be theirs is known and lies after their deadline.
   */
  @Override
  public void reconsider() {
    int waiting = pool.waiting();
    PortOutlook outlook = pool.ledger().outlook(routes, waiting);
    if (waiting == 0 || outlook.live() || outlook.expiries().isEmpty()) {
      return;
    }
    List<PortCensus> censuses = censuses();
    pool.refuseIf(
        (waiter, ahead) -> {
          Duration until = outlook.untilFree(ahead).orElse(null);
          return until == null || until.toNanos() <= waiter.deadline.nanosLeft(pool.now())
              ? null
              : new PortsExhaustedException(censuses, pool.waited(waiter), until);
        });
  }

  /** What to tell a caller whose deadline has come. */
  PortsExhaustedException timedOut(Waiter<C> waiter) {
    Duration next = pool.ledger().outlook(routes, 1).untilFree(0).orElse(null);
    return new PortsExhaustedException(censuses(), pool.waited(waiter), next);
  }

  private List<PortCensus> censuses() {
    List<PortCensus> censuses = new ArrayList<>(routes.size());
    for (Route route : routes) {
      censuses.add(pool.ledger().census(route));
    }
    return censuses;
  }
}
