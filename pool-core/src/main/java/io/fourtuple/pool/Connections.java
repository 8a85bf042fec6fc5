package io.fourtuple.pool;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a pool to one destination: lent, given back, closed. Guarded by the
 * destination's section, but for what lies on {@link Shelves}.
 */
final class Connections<C> {
  /** A connection in use goes to other destinations only if they wait this much longer. */
  private static final long PATIENCE_NANOS = 50_000_000;

  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connector<C> connector;
  private final Handover<C> handover;
  private final PoolConfig config;
  private final Section section;
  private final List<PooledConnection<C>> all = new ArrayList<>();
  private final Shelves<C> shelves = new Shelves<>();
  private final boolean usesShelves;

  /** Idle connections, but for those on shelves; {@link EndpointPool#move} counts. */
  int listed;

  // Found by few loads, because each acquire and release needs them.
  private final WaitQueue<C> queue;
  private final Ticker ticker;
  private final long maxUses;

  Connections(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.connector = pool.connector();
    this.handover = new Handover<>(connector);
    this.config = pool.config();
    this.section = owner.section();
    this.queue = owner.queue();
    this.ticker = pool.ticker();
    this.maxUses = config.maxUses();
    // What lies on shelves is not counted, so no bound could be kept.
    this.usesShelves = config.maxIdlePerDestination() == Integer.MAX_VALUE;
  }

  /** Inside. */
  boolean isEmpty() {
    return all.isEmpty();
  }

  /** All that are there, in no order. Inside. */
  List<PooledConnection<C>> all() {
    return all;
  }

  // ---- lending

  /**
   * Lends an idle connection that the current thread has put back; null for none. Needs no lock, so
   * it is for where nobody waits. Does not look at the clock, which would cost more than all the
   * rest: {@link Eviction} does, from time to time.
   */
  @Nullable Lease<C> lendAtHand(@Nullable Object affinity) {
    Lease<C> lease;
    while ((lease = shelves.lend(affinity)) != null) {
      if (!handover.isUsable(lease.pooled().connection)) {
        discardUnfit(lease);
      } else if (begins(lease) == null) {
        return handOver(lease, Duration.ZERO, pool.leaks().place(lease));
      }
    }
    return null;
  }

  /** Lends an idle connection; null for none. Inside. */
  @Nullable Lease<C> lendIdle(@Nullable Object affinity) {
    EndpointPool<C> from = owner.endpoints().withIdle(pool.random());
    PooledConnection<C> idle = from == null ? null : from.peekIdle(affinity);
    if (idle == null) {
      idle = shelves.take(affinity);
    } else {
      idle.endpoint.move(idle, ConnectionState.LEASED);
    }
    return idle == null ? null : idle.lend();
  }

  /** Whether a connection that idled can be handed over; one that cannot is closed. */
  boolean isFit(Lease<C> lease) {
    if (isReusable(lease.pooled(), ticker.read())) {
      return begins(lease) == null;
    }
    discardUnfit(lease);
    return false;
  }

  /** Tells the connector; returns why the connection is closed instead, null where it is not. */
  private @Nullable Throwable begins(Lease<C> lease) {
    Throwable fault = handover.lent(lease.pooled().connection);
    if (fault != null) {
      discardUnfit(lease);
    }
    return fault;
  }

  private void discardUnfit(Lease<C> lease) {
    owner.counters().notGiven(lease);
    lease.discard();
  }

  private boolean isReusable(PooledConnection<C> connection, long now) {
    return !connection.isOld(now) && handover.isUsable(connection.connection);
  }

  /** Gives a lease, of which the connector knows, to whom it was made for. */
  Lease<C> handOver(Lease<C> lease, Duration waited, @Nullable Throwable place) {
    lease.pooled().acquiredAt(place);
    if (pool.hasListeners()) {
      pool.tell(listener -> listener.acquired(owner.destination(), waited));
    }
    return lease;
  }

  /** A new connection is there, before anybody gets it. */
  void begins(PooledConnection<C> connection) {
    connection.affinity = connector.affinity(connection.connection);
    connection.endsAt(pool.now() + pool.lifetimeNanos());
  }

  /** A new connection goes to who waits first, or idles. Inside. */
  void add(PooledConnection<C> connection) {
    connection.index = all.size();
    all.add(connection);
    connection.endpoint.opened();
    if (owner.isClosed()) {
      close(connection, CloseMode.ORDERLY);
    } else if (connection.endpoint.isLeaving && queue.isEmpty()) {
      closeUnused(connection);
    } else {
      if (connection.endpoint.isLeaving) {
        owner.eviction().cutOff(connection); // for one lease
      }
      giveOrIdle(connection);
    }
  }

  private void giveOrIdle(PooledConnection<C> connection) {
    Waiter<C> first = queue.poll();
    if (first != null) {
      owner.connecting().queueShrank(); // before the caller, who may return it at once
      Lease<C> lease = connection.lend();
      section.afterwards(() -> serve(first, lease));
      return;
    }
    connection.idleSince = ticker.read();
    if (usesShelves && connection.leases() > 0 && shelves.put(connection)) {
      return;
    }
    connection.dropKey();
    connection.endpoint.move(connection, ConnectionState.IDLE);
    PooledConnection<C> oldest = connection.endpoint.idle.leastRecent();
    if (oldest != null && listed > config.maxIdlePerDestination()) {
      closeUnused(oldest);
    }
  }

  private void serve(Waiter<C> waiter, Lease<C> lease) {
    Throwable fault = begins(lease);
    if (fault == null) {
      waiter.acquired(handOver(lease, owner.waited(waiter), waiter.place));
    } else {
      owner.refuse(
          waiter, new ConnectFailedException(owner.destination(), fault.toString(), null, fault));
    }
  }

  /**
   * Gives what lies on shelves to those who wait. Inside, after somebody was queued: of a
   * connection that is put on a shelf at that moment, either we see that it is there, or whoever
   * put it there sees that somebody waits.
   */
  void serveFromShelves() {
    PooledConnection<C> idle;
    while (!queue.isEmpty() && (idle = shelves.take(null)) != null) {
      giveOrIdle(idle);
    }
  }

  // ---- giving back

  /** The user is done with a connection. */
  void release(PooledConnection<C> connection, Object key, int lease) {
    if (!connection.isLent(lease)) {
      return; // it has ended on another thread
    }
    long now = ticker.read();
    boolean isReusable = isReusable(connection, now) && connection.leases() < maxUses;
    if (isReusable && !isCalledFor(connection)) {
      connection.idleSince = now;
      if (connection.returnToShelf(lease)) {
        boolean idles = handover.returned(connection.connection);
        // Who began to wait before it lay there may not have seen it, nor who closes what idles.
        if ((!idles || isCalledFor(connection) || connection.isOld(now))
            && connection.takeFromShelf()) {
          giveBack(connection, null, idles);
        }
        return;
      }
    }
    if (connection.endLease(lease)) {
      boolean idles = handover.returned(connection.connection);
      giveBack(connection, key, idles && isReusable);
    }
  }

  /** Whether a connection may have something to do other than to lie on a shelf. */
  private boolean isCalledFor(PooledConnection<C> connection) {
    return queue.sizeNow() > 0 || owner.isClosed() || connection.reservation.isWanted();
  }

  private void giveBack(PooledConnection<C> connection, @Nullable Object key, boolean isReusable) {
    boolean isWanted = isReusable && isWantedByOthers(connection.reservation);
    boolean idles = false;
    section.enter();
    try {
      if (connection.state != ConnectionState.LEASED) {
        return; // gone meanwhile
      }
      if (key != null) {
        connection.takeKey(key);
      }
      if (isReusable && !isWanted && !owner.isClosed() && !connection.isOld(ticker.read())) {
        giveOrIdle(connection);
        idles = connection.state == ConnectionState.IDLE || connection.isOnShelf();
      } else {
        closeReturned(connection, isReusable, isWanted);
        owner.connecting().plan();
      }
    } finally {
      section.leave();
    }
    // Who began to wait for its port before it idled has been told that nothing does.
    if (idles && isWantedByOthers(connection.reservation)) {
      owner.eviction().giveUp(connection.reservation.route());
    }
  }

  private void closeReturned(PooledConnection<C> connection, boolean isReusable, boolean isWanted) {
    if (!isReusable || connection.isOld(ticker.read())) {
      close(connection, CloseMode.ORDERLY); // it may be in the middle of something
    } else if (isWanted) {
      close(connection, CloseMode.RESET); // at once
    } else {
      closeUnused(connection);
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
      since = queue.isEmpty() ? ticker.read() + 1 : queue.headSince() - PATIENCE_NANOS;
    } finally {
      section.leave();
    }
    return reservation.claimForOthers(since, own);
  }

  /** The user, or a check, has found a connection unfit. */
  void discard(PooledConnection<C> connection, int lease) {
    if (connection.endLease(lease)) {
      closeLent(connection);
    }
  }

  /** A lease was lost, and has been ended. */
  void leaked(PooledConnection<C> connection, @Nullable Throwable place) {
    owner.counters().leaked.increment();
    closeLent(connection);
    Route route = connection.reservation.route();
    pool.tell(listener -> listener.leaked(owner.destination(), route, place));
  }

  private void closeLent(PooledConnection<C> connection) {
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

  // ---- closing

  /** Closes a connection. Inside. */
  void close(PooledConnection<C> connection, CloseMode mode) {
    closing(connection);
    section.afterwards(() -> connector.close(connection.connection, mode));
  }

  /** Closes a connection that carries nothing: by a reset where its ports are scarce. Inside. */
  void closeUnused(PooledConnection<C> connection) {
    closing(connection);
    section.afterwards(
        () -> {
          boolean isScarce = connection.reservation.isAboveHighMark();
          CloseMode mode = isScarce ? CloseMode.RESET : CloseMode.ORDERLY;
          connector.close(connection.connection, mode);
        });
  }

  private void closing(PooledConnection<C> connection) {
    shelves.remove(connection);
    connection.endpoint.move(connection, ConnectionState.CLOSING);
  }

  /** The connector says that a connection carries no further request. */
  void closed(PooledConnection<C> connection) {
    section.enter();
    try {
      shelves.remove(connection);
      pool.leaks().watchGone(connection);
      connection.endpoint.move(connection, ConnectionState.CLOSED);
      owner.counters().gave(connection); // it is not lent again
      remove(connection);
      owner.forgetIfGone(connection.endpoint);
      owner.connecting().plan();
      owner.completeIfDrained();
    } finally {
      section.leave();
    }
    noteScarcity(connection);
    Route route = connection.reservation.route();
    pool.tell(listener -> listener.closed(owner.destination(), route));
  }

  /** The last one takes its place in the list. */
  private void remove(PooledConnection<C> connection) {
    PooledConnection<C> last = all.remove(all.size() - 1);
    if (last.index != connection.index) {
      all.set(connection.index, last);
      last.index = connection.index;
    }
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

  /** Inside, when the owner is closed: nothing is put on a shelf any more. */
  void closeIdle() {
    shelves.idle().stream().filter(PooledConnection::takeFromShelf).forEach(this::closeUnused);
    inState(ConnectionState.IDLE).forEach(this::closeUnused);
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

  // ---- looking

  /** Those that lie on a shelf at this moment. Inside. */
  List<PooledConnection<C>> onShelves() {
    return shelves.idle();
  }
}
