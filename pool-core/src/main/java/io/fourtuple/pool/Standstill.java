package io.fourtuple.pool;

import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether those who wait for a port wait in vain: for as long as {@link
 * ConnectionPoolBuilder#portPatience}, no caller has got a connection or a port. Then they are
 * refused; and while it lasts, one caller at a time waits, so that it shows when something moves
 * again. Guarded by the destination's section, except where said.
 */
final class Standstill<C> {
  private final DestinationPool<C> owner;
  private final Shortages<C> shortages;
  private final ConnectionPool<C> pool;
  private final PortLedger ledger;
  private final long patience;
  private @Nullable Cancellable timer;

  /** Tick since which nothing has moved. */
  private long since;

  /** Tick at which callers were refused last. */
  private long refusedAt;

  /** Written inside, read anywhere. */
  private volatile boolean lasts;

  Standstill(DestinationPool<C> owner, Shortages<C> shortages, ConnectionPool<C> pool) {
    this.owner = owner;
    this.shortages = shortages;
    this.pool = pool;
    this.ledger = pool.connector().ledger();
    this.patience = pool.config().portPatience().toNanos();
  }

  private boolean isWatched() {
    return patience < ConnectionPoolBuilder.LONGEST.toNanos();
  }

  /** Callers begin to wait for a port, or for another one. Inside. */
  void begins() {
    if (isWatched()) {
      since = pool.now();
      lasts &= since - refusedAt <= patience; // else nobody has asked for a while
      if (timer == null) {
        lookAfter(patience);
      }
    }
  }

  /** Somebody who waited has got a connection, or a port for one. Inside. */
  void moved() {
    if (isWatched()) {
      since = pool.now();
      lasts = false;
    }
  }

  /** Inside. */
  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void lookAfter(long nanos) {
    timer = pool.scheduler().schedule(this::look, Duration.ofNanos(nanos));
  }

  private void look() {
    section().enter();
    try {
      timer = null;
      PortShortage<C> demand = shortages.current();
      if (demand == null || owner.isClosed()) {
        return;
      }
      long now = pool.now();
      // Where it is partial, an endpoint may come back, and have ports.
      long left = demand.isPartial() ? patience : since + patience - now;
      lookAfter(left > 0 ? left : patience);
      if (left <= 0) {
        lasts = true;
        refusedAt = now;
        section().afterwards(() -> refuse(demand, 0));
      }
    } finally {
      section().leave();
    }
  }

  private Section section() {
    return owner.section();
  }

  /** Refuses who has come while nothing moves, but for the first. Not inside. */
  void refuseNewcomers(PortShortage<C> demand) {
    if (lasts && !demand.isPartial()) {
      refuse(demand, 1);
    }
  }

  /** Refuses all but so many, and those for whom something is under way. */
  private void refuse(PortShortage<C> demand, int mayStay) {
    List<PortCensus> censuses = demand.censuses();
    // Free ones are those of routes that are left alone for a while.
    int coming = censuses.stream().mapToInt(each -> each.free() + each.closing()).sum();
    List<Duration> expiries = ledger.expiries(demand.routes(), demand.waiting());
    long now = pool.now();
    Connecting<C> connecting = owner.connecting();
    owner.refuseIf(
        (waiter, ahead) -> {
          int connections = connecting.expected().connectionsAhead(ahead);
          int inVain = connections - connecting.underWay() - coming;
          Duration known = at(connections, expiries);
          Duration rested = at(Math.max(0, inVain), expiries);
          boolean comesInTime =
              rested != null && rested.toNanos() <= waiter.deadline.nanosLeft(now);
          return !lasts || inVain < mayStay || comesInTime
              ? null
              : new PortsExhaustedException(censuses, owner.waited(waiter), known);
        });
  }

  private static @Nullable Duration at(int index, List<Duration> expiries) {
    return index < expiries.size() ? expiries.get(index) : null;
  }
}
