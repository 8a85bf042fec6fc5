package io.fourtuple.pool;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a pool to one destination: lent, given back, idle, given up. Guarded by the
 * destination's section.
 */
final class Connections<C> {
  /** A connection in use goes to other destinations only if they wait this much longer. */
  private static final long PATIENCE_NANOS = 50_000_000;

  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connector<C> connector;
  private final PoolConfig config;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final Set<PooledConnection<C>> all = new HashSet<>();
  private @Nullable Cancellable evictTimer;

  Connections(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.connector = pool.connector();
    this.config = pool.config();
    this.section = owner.section();
    this.endpoints = owner.endpoints();
  }

  /** Inside. */
  boolean isEmpty() {
    return all.isEmpty();
  }

  // ---- lending

  /** Takes an idle connection for somebody; null for none. Inside. */
  @Nullable PooledConnection<C> takeIdle(@Nullable Object affinity) {
    EndpointPool<C> from = endpoints.withIdle(pool.random());
    PooledConnection<C> taken = from == null ? null : from.peekIdle(affinity);
    if (taken != null) {
      taken.endpoint.move(taken, ConnectionState.LEASED);
    }
    return taken;
  }

  /** Whether a connection that idled can still be used; one that cannot is closed. */
  boolean isFit(PooledConnection<C> taken) {
    boolean fit = isReusable(taken);
    if (!fit) {
      discard(taken);
    }
    return fit;
  }

  private boolean isReusable(PooledConnection<C> connection) {
    return !connection.isOld(pool.now(), config.maxUses())
        && connector.isUsable(connection.connection);
  }

  /** Makes the lease of a connection that was taken for somebody. */
  Lease<C> lend(PooledConnection<C> taken, Duration waited, @Nullable Throwable place) {
    connector.onLease(taken.connection);
    Counters counters = owner.counters();
    counters.acquired.increment();
    if (taken.uses++ > 0) {
      counters.reused.increment();
    }
    if (pool.hasListeners()) {
      pool.tell(listener -> listener.acquired(owner.destination(), waited));
    }
    return pool.leaks().lend(taken, place);
  }

  /** Looks from time to time for what is over, this destination included. Inside. */
  void keepHouse() {
    if (evictTimer == null) {
      evictTimer = pool.scheduler().schedule(this::evict, config.maxIdleTime());
    }
  }

  /** A new connection, before anybody gets it. */
  PooledConnection<C> pooled(EndpointPool<C> endpoint, C made, PortReservation reserved) {
    Object affinity = connector.affinity(made);
    long end = pool.now() + pool.lifetimeNanos();
    return new PooledConnection<>(this, endpoint, made, reserved, affinity, end);
  }

  /** A new connection goes to who waits first, or idles. Inside. */
  void add(PooledConnection<C> connection) {
    all.add(connection);
    connection.endpoint.opened();
    if (owner.isClosed()) {
      close(connection, CloseMode.ORDERLY);
    } else {
      giveOrIdle(connection);
    }
  }

  private void giveOrIdle(PooledConnection<C> connection) {
    Waiter<C> first = owner.queue().poll();
    if (first != null) {
      owner.connecting().queueShrank(); // before the caller, who may return it at once
      section.afterwards(() -> first.acquired(lend(connection, owner.waited(first), first.place)));
      return;
    }
    connection.idleSince = pool.now();
    connection.endpoint.move(connection, ConnectionState.IDLE);
    PooledConnection<C> oldest = connection.endpoint.idle.leastRecent();
    if (oldest != null && endpoints.idle() > config.maxIdlePerDestination()) {
      closeUnused(oldest);
    }
  }

  // ---- giving back

  /** The user is done with a connection. */
  void release(PooledConnection<C> connection) {
    pool.leaks().returned(connection);
    connector.onReturn(connection.connection);
    boolean isReusable = isReusable(connection);
    boolean keep = isReusable && !isWantedByOthers(connection.reservation);
    section.enter();
    try {
      if (connection.state != ConnectionState.LEASED) {
        return; // gone meanwhile
      }
      if (keep && !owner.isClosed()) {
        giveOrIdle(connection);
        return;
      }
      if (keep) {
        closeUnused(connection);
      } else {
        // Wanted by others: at once. Unfit: it may be in the middle of something.
        close(connection, isReusable ? CloseMode.RESET : CloseMode.ORDERLY);
      }
      owner.connecting().plan();
    } finally {
      section.leave();
    }
  }

  /** Whether another destination or pool has waited long enough for this connection's port. */
  private boolean isWantedByOthers(PortReservation reservation) {
    if (!reservation.isWanted()) {
      return false;
    }
    PortShortage<C> own;
    long since;
    section.enter();
    try {
      own = owner.connecting().shortage();
      since = owner.queue().isEmpty() ? pool.now() + 1 : owner.queue().headSince() - PATIENCE_NANOS;
    } finally {
      section.leave();
    }
    return reservation.claimForOthers(since, own);
  }

  /** The user, or a check, has found a connection unfit. */
  void discard(PooledConnection<C> connection) {
    pool.leaks().returned(connection);
    section.enter();
    try {
      if (connection.state == ConnectionState.LEASED) {
        close(connection, CloseMode.ORDERLY);
        owner.connecting().plan();
      }
    } finally {
      section.leave();
    }
  }

  /** A lease was lost. */
  void leaked(PooledConnection<C> connection, @Nullable Throwable place) {
    owner.counters().leaked.increment();
    discard(connection);
    Route route = connection.reservation.route();
    pool.tell(listener -> listener.leaked(owner.destination(), route, place));
  }

  // ---- closing

  /** Closes a connection. Inside. */
  private void close(PooledConnection<C> connection, CloseMode mode) {
    connection.endpoint.move(connection, ConnectionState.CLOSING);
    section.afterwards(() -> connector.close(connection.connection, mode));
  }

  /** Closes a connection that carries nothing: by a reset where its ports are scarce. Inside. */
  private void closeUnused(PooledConnection<C> connection) {
    connection.endpoint.move(connection, ConnectionState.CLOSING);
    section.afterwards(
        () -> {
          boolean isScarce = connection.reservation.isAboveHighMark();
          CloseMode mode = isScarce ? CloseMode.RESET : CloseMode.ORDERLY;
          connector.close(connection.connection, mode);
        });
  }

  /** The connector says that a connection carries no further request. */
  void closed(PooledConnection<C> connection) {
    section.enter();
    try {
      connection.endpoint.move(connection, ConnectionState.CLOSED);
      all.remove(connection);
      owner.connecting().plan();
      owner.completeIfDrained();
    } finally {
      section.leave();
    }
    noteScarcity(connection);
    Route route = connection.reservation.route();
    pool.tell(listener -> listener.closed(owner.destination(), route));
  }

  /** Tells listeners when the ports of a connection's route have become scarce. */
  void noteScarcity(PooledConnection<C> connection) {
    Route route = connection.reservation.route();
    boolean isScarce = connection.reservation.isAboveHighMark();
    boolean news;
    section.enter();
    try {
      news = connection.endpoint.scarce(route, isScarce);
    } finally {
      section.leave();
    }
    if (news) {
      pool.tell(listener -> listener.highMark(route));
    }
  }

  /** Inside. */
  void closeIdle() {
    for (PooledConnection<C> connection : inState(ConnectionState.IDLE)) {
      closeUnused(connection);
    }
    if (evictTimer != null) {
      evictTimer.cancel();
    }
  }

  /** Inside. */
  void closeLeased() {
    for (PooledConnection<C> connection : inState(ConnectionState.LEASED)) {
      close(connection, CloseMode.RESET);
    }
  }

  private List<PooledConnection<C>> inState(ConnectionState state) {
    return all.stream().filter(connection -> connection.state == state).toList();
  }

  // ---- idling

  /** Since when the longest idle connection on a route idles. */
  OptionalLong idleSince(Route route) {
    section.enter();
    try {
      PooledConnection<C> oldest = endpoints.of(route).longestIdle(route);
      return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.idleSince);
    } finally {
      section.leave();
    }
  }

  /** Closes the longest idle connection on a route; false where there is none. */
  boolean giveUp(Route route) {
    section.enter();
    try {
      PooledConnection<C> oldest = endpoints.of(route).longestIdle(route);
      if (oldest != null) {
        close(oldest, CloseMode.RESET);
      }
      return oldest != null;
    } finally {
      section.leave();
    }
  }

  private void evict() {
    pool.leaks().check();
    section.enter();
    try {
      long next = evictUntil(pool.now());
      evictTimer =
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
    long maxIdle = config.maxIdleTime().toNanos();
    long next = maxIdle;
    for (EndpointPool<C> endpoint : endpoints.all()) {
      PooledConnection<C> each = endpoint.idle.leastRecent();
      while (each != null) {
        PooledConnection<C> newer = each.newer;
        long left = Math.min(each.idleSince + maxIdle - now, each.endOfLife - now);
        if (left <= 0) {
          closeUnused(each);
        } else {
          next = Math.min(next, left);
        }
        each = newer;
      }
    }
    return Math.max(next, maxIdle / 10);
  }
}
