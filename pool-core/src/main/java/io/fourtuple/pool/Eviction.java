package io.fourtuple.pool;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Route;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Ends what has idled or lived for long enough, or idles while its port is wanted elsewhere; and
 * looks for leases that were lost. Guarded by the destination's section.
 */
final class Eviction<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connections<C> connections;
  private final Section section;
  private final long maxIdle;
  private @Nullable Cancellable timer;

  Eviction(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.connections = owner.connections();
    this.section = owner.section();
    this.maxIdle = pool.config().maxIdleTime().toNanos();
  }

  // ---- ports that are wanted elsewhere

  /** Since when the longest idle connection on a route idles. */
  OptionalLong idleSince(Route route) {
    section.enter();
    try {
      PooledConnection<C> oldest = longestIdle(route);
      return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.idleSince);
    } finally {
      section.leave();
    }
  }

  /** Closes the longest idle connection on a route; false where there is none. */
  boolean giveUp(Route route) {
    section.enter();
    try {
      PooledConnection<C> oldest;
      do {
        oldest = longestIdle(route);
      } while (oldest != null && oldest.isOnShelf() && !oldest.takeFromShelf());
      if (oldest != null) {
        connections.close(oldest, CloseMode.RESET);
      }
      return oldest != null;
    } finally {
      section.leave();
    }
  }

  private @Nullable PooledConnection<C> longestIdle(Route route) {
    PooledConnection<C> oldest = owner.endpoints().of(route).longestIdle(route);
    for (PooledConnection<C> idle : connections.onShelves()) {
      boolean isOlder = oldest == null || idle.idleSince - oldest.idleSince < 0;
      if (isOlder && idle.reservation.route().equals(route)) {
        oldest = idle;
      }
    }
    return oldest;
  }

  // ---- age

  /** Looks from time to time for what is over, this destination included. Inside. */
  void keepHouse() {
    if (timer == null) {
      timer = pool.scheduler().schedule(this::evict, pool.config().maxIdleTime());
    }
  }

  /** No more. Inside. */
  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void evict() {
    pool.leaks().check();
    section.enter();
    try {
      long next = evictUntil(pool.now());
      watchLeases();
      timer =
          owner.closeIfUnused()
              ? null
              : pool.scheduler().schedule(this::evict, Duration.ofNanos(next));
    } finally {
      section.leave();
    }
  }

  /**
   * Closes what has idled or lived long enough at {@code now}. Inside.
   *
   * @return nanoseconds until the next look; not less than a tenth of the idle time, because a look
   *     walks over everything that idles
   */
  private long evictUntil(long now) {
    long next = maxIdle;
    for (EndpointPool<C> endpoint : owner.endpoints().all()) {
      PooledConnection<C> each = endpoint.idle.leastRecent();
      while (each != null) {
        PooledConnection<C> newer = each.newer;
        long left = left(each, now);
        if (left <= 0) {
          connections.closeUnused(each);
        } else {
          next = Math.min(next, left);
        }
        each = newer;
      }
    }
    for (PooledConnection<C> each : connections.onShelves()) {
      long left = left(each, now);
      if (left > 0) {
        next = Math.min(next, left);
      } else if (each.takeFromShelf()) {
        connections.closeUnused(each);
      }
    }
    return Math.max(next, maxIdle / 10);
  }

  private long left(PooledConnection<C> connection, long now) {
    return Math.min(connection.idleSince + maxIdle - now, connection.endOfLife - now);
  }

  // ---- lost leases

  /**
   * Watches the leases that are out, so that {@link LeakDetector#check} finds lost ones. Inside.
   */
  void watchLeases() {
    connections.all().forEach(pool.leaks()::watch);
  }
}
