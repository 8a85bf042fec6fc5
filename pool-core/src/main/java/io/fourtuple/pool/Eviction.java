package io.fourtuple.pool;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Ends what has idled or lived for long enough, or idles while its port is wanted elsewhere; and
 * looks for leases that were lost. Guarded by the destination's section.
 */
final class Eviction<C> {
  private static final int SHARPNESS = 100;

  /** What is cut off is over by so much, for those too who have looked at the clock already. */
  private static final long CUT_OFF_NANOS = 3_600_000_000_000L;

  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connections<C> connections;
  private final Section section;
  private final long maxIdle;

  /** The earliest that a connection can be over that is opened or returned now. */
  private final long earliest;

  private @Nullable Cancellable timer;

  Eviction(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.connections = owner.connections();
    this.section = owner.section();
    this.maxIdle = pool.config().maxIdleTime().toNanos();
    this.earliest = Math.min(maxIdle, pool.config().maxLifetime().toNanos() / 10 * 9);
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
      PooledConnection<C> oldest = longestIdle(route);
      while (oldest != null && !take(oldest)) {
        oldest = longestIdle(route);
      }
      if (oldest != null) {
        connections.close(oldest, CloseMode.RESET);
        owner.connecting().warmUp().gaveUp();
      }
      return oldest != null;
    } finally {
      section.leave();
    }
  }

  private @Nullable PooledConnection<C> longestIdle(Route route) {
    EndpointPool<C> endpoint = owner.endpoints().find(route.endpoint());
    PooledConnection<C> oldest = endpoint == null ? null : endpoint.longestIdle(route);
    for (PooledConnection<C> idle : connections.onShelves()) {
      boolean isOlder = oldest == null || idle.idleSince - oldest.idleSince < 0;
      if (isOlder && idle.reservation.route().equals(route)) {
        oldest = idle;
      }
    }
    return oldest;
  }

  /** Whether a connection idles, and nobody can be lent it any more. Inside. */
  private boolean take(PooledConnection<C> connection) {
    return connection.state == ConnectionState.IDLE || connection.takeFromShelf();
  }

  /** A source has left this host: what idles there is closed, what is in use when it is back. */
  void sourceGone(SourceAddress source) {
    section.enter();
    try {
      for (PooledConnection<C> connection : connections.all()) {
        SourceAddress from = connection.reservation.route().source();
        if (from.address().equals(source.address()) && cutOff(connection)) {
          connections.close(connection, CloseMode.ORDERLY);
        }
      }
    } finally {
      section.leave();
    }
  }

  /** The name stands for an endpoint no more: the same there. Inside. */
  @SuppressWarnings("ReferenceEquality") // the very same endpoint
  void endpointLeft(EndpointPool<C> endpoint) {
    for (PooledConnection<C> connection : connections.all()) {
      if (connection.endpoint == endpoint && cutOff(connection)) {
        connections.closeUnused(connection);
      }
    }
  }

  /**
   * Sees to it that a connection is not lent once it has come back. Inside.
   *
   * @return whether it idles, and is to be closed now
   */
  boolean cutOff(PooledConnection<C> connection) {
    connection.endsAt(pool.now() - CUT_OFF_NANOS);
    return take(connection);
  }

  // ---- age

  /** Looks from time to time for what is over, this destination included. Inside. */
  void keepHouse() {
    if (timer == null) {
      timer = pool.scheduler().schedule(this::evict, Duration.ofNanos(earliest));
    }
  }

  /** No more. Inside. */
  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void evict() {
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
    pool.leaks().check(); // after the next look is set: it calls others
  }

  /**
   * Closes what has idled or lived long enough at {@code now}. Inside.
   *
   * @return nanoseconds until the next look; not less than a hundredth of the time that is kept,
   *     because a look walks over all connections
   */
  private long evictUntil(long now) {
    List<PooledConnection<C>> over = new ArrayList<>();
    long next = earliest;
    for (PooledConnection<C> each : connections.all()) {
      boolean idles = each.state == ConnectionState.IDLE || each.isOnShelf();
      long toLive = each.toLive(now);
      long left = idles ? Math.min(toLive, each.idleSince + maxIdle - now) : toLive;
      if (left > 0) {
        next = Math.min(next, left);
      } else if (take(each)) {
        over.add(each);
      }
    }
    over.forEach(connections::closeUnused);
    return Math.max(next, earliest / SHARPNESS);
  }

  // ---- lost leases

  /**
   * Watches the leases that are out, so that {@link LeakDetector#check} finds lost ones. Inside.
   */
  void watchLeases() {
    connections.all().forEach(pool.leaks()::watch);
  }
}
