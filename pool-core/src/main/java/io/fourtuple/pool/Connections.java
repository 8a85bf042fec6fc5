package io.fourtuple.pool;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Route;
import io.fourtuple.time.Ticker;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a pool to one destination: lent, given back, closed. Guarded by the
 * destination's section, but for what lies on {@link Shelves}.
 */
final class Connections<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connector<C> connector;
  private final Handover<C> handover;
  private final PoolConfig config;
  private final Section section;
  private final List<PooledConnection<C>> all = new ArrayList<>();
  private final Sharing<C> sharing;
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
    this.handover = new Handover<>(owner, pool);
    this.config = pool.config();
    this.section = owner.section();
    this.queue = owner.queue();
    this.ticker = pool.ticker();
    this.maxUses = config.maxUses();
    this.sharing = new Sharing<>(owner, pool, this);
    // What lies on shelves is not counted, so no bound could be kept.
    this.usesShelves = config.maxIdlePerDestination() == Integer.MAX_VALUE;
  }

  /** How leases come to callers. */
  Handover<C> handover() {
    return handover;
  }

  /** Those that carry several leases. */
  Sharing<C> sharing() {
    return sharing;
  }

  LeakDetector<C> leaks() {
    return pool.leaks();
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
        handover.discardUnfit(lease);
      } else if (handover.begins(lease) == null) {
        return handover.handOver(lease, Duration.ZERO, pool.leaks().place(lease));
      }
    }
    return null;
  }

  /** Lends a connection in use that has room for more, or an idle one; null for none. Inside. */
  @Nullable Lease<C> lend(@Nullable Object affinity) {
    PooledConnection<C> found = sharing.withSlot(affinity);
    if (found == null) {
      found = takeIdle(affinity);
    }
    return found == null ? null : found.lend();
  }

  private @Nullable PooledConnection<C> takeIdle(@Nullable Object affinity) {
    EndpointPool<C> from = owner.endpoints().withIdle(pool.random());
    PooledConnection<C> idle = from == null ? null : from.peekIdle(affinity);
    if (idle == null) {
      return shelves.take(affinity);
    }
    idle.endpoint.move(idle, ConnectionState.LEASED);
    return idle;
  }

  /** A new connection goes to who waits first, or idles. Inside. */
  void add(PooledConnection<C> connection) {
    connection.index = all.size();
    all.add(connection);
    connection.endpoint.opened();
    sharing.begins(connection);
    if (owner.isClosed() || connection.isOld(ticker.read())) { // drains, before it was here
      close(connection, CloseMode.ORDERLY);
    } else if (connection.endpoint.isLeaving && queue.isEmpty()) {
      closeUnused(connection);
    } else {
      giveOrIdle(connection);
      if (connection.endpoint.isLeaving && owner.eviction().cutOff(connection)) {
        closeUnused(connection);
      }
    }
  }

  private void giveOrIdle(PooledConnection<C> connection) {
    if (connection.shared != null) {
      sharing.settle(connection);
    } else if (!giveToWaiter(connection)) {
      idle(connection);
    }
  }

  /** Lends a connection to one who waits; false where nobody does. Inside. */
  boolean giveToWaiter(PooledConnection<C> connection) {
    Waiter<C> next = queue.pollFor(connection, ticker.read());
    if (next == null) {
      return false;
    }
    owner.connecting().served(); // before the caller, who may return it at once
    Lease<C> lease = connection.lend();
    section.afterwards(() -> handover.serve(next, lease));
    return true;
  }

  /** Nobody uses a connection. Inside. */
  void idle(PooledConnection<C> connection) {
    connection.idleSince = ticker.read();
    boolean mayShelve = usesShelves && connection.shared == null && connection.leases() > 0;
    if (mayShelve && shelves.put(connection)) {
      return;
    }
    connection.dropKey();
    connection.endpoint.move(connection, ConnectionState.IDLE);
    PooledConnection<C> oldest = connection.endpoint.idle.leastRecent();
    if (oldest != null && listed > config.maxIdlePerDestination()) {
      closeUnused(oldest);
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
    if (!connection.isLentAlone(lease)) {
      releaseShared(connection, key, lease);
      return;
    }
    long now = ticker.read();
    boolean isReusable = handover.isReusable(connection, now) && connection.leasesAlone() < maxUses;
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

  /** The same for one of several leases, and for one that has ended on another thread. */
  private void releaseShared(PooledConnection<C> connection, Object key, int lease) {
    boolean ended;
    try {
      ended = connection.endLease(lease);
    } finally {
      Reference.reachabilityFence(key); // it is not lost before, though nobody needs the key here
    }
    if (ended) {
      boolean isUsable = handover.isUsable(connection.connection);
      boolean idles = handover.returned(connection.connection);
      giveBack(connection, null, idles && isUsable);
    }
  }

  /** Whether a connection may have something to do other than to lie on a shelf. */
  private boolean isCalledFor(PooledConnection<C> connection) {
    return queue.sizeNow() > 0 || owner.isClosed() || connection.reservation.isWanted();
  }

  private void giveBack(PooledConnection<C> connection, @Nullable Object key, boolean isReusable) {
    boolean isLast = connection.leasesOut() == 0;
    boolean isWanted = isReusable && isLast && isWantedByOthers(connection);
    boolean idles = false;
    section.enter();
    try {
      pool.leaks().ended(connection);
      if (key != null) {
        connection.takeKey(key);
      }
      if (connection.shared != null) {
        sharing.returned(connection, isReusable, isWanted);
      } else if (connection.state != ConnectionState.LEASED) {
        return; // gone meanwhile
      } else if (isReusable && !isWanted && !owner.isClosed() && !connection.isOld(ticker.read())) {
        giveOrIdle(connection);
      } else {
        closeReturned(connection, isReusable, isWanted);
        owner.connecting().plan();
      }
      idles = connection.state == ConnectionState.IDLE || connection.isOnShelf();
    } finally {
      section.leave();
    }
    // Who began to wait for its port before it idled has been told that nothing does.
    if (idles && isWantedByOthers(connection)) {
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

  private boolean isWantedByOthers(PooledConnection<C> connection) {
    return owner.connecting().shortages().isWantedByOthers(connection.reservation);
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
      pool.leaks().ended(connection);
      if (connection.shared != null) {
        sharing.returned(connection, false, false);
      } else if (connection.state == ConnectionState.LEASED) {
        close(connection, CloseMode.ORDERLY);
        owner.connecting().plan();
      }
    } finally {
      section.leave();
    }
  }

  // ---- closing

  /** It takes no further lease, and is closed when the last one has ended. */
  void draining(PooledConnection<C> connection) {
    section.enter();
    try {
      if (owner.eviction().cutOff(connection)) {
        close(connection, CloseMode.ORDERLY);
      }
      owner.connecting().plan();
    } finally {
      section.leave();
    }
  }

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
    boolean isScarce = connection.reservation.isAboveHighMark();
    section.enter();
    try {
      shelves.remove(connection);
      pool.leaks().watchGone(connection);
      connection.endpoint.move(connection, ConnectionState.CLOSED);
      owner.counters().gave(connection); // it is not lent again
      sharing.remove(connection);
      remove(connection);
      owner.connecting().shortages().noteScarcity(connection, isScarce);
      owner.forgetIfGone(connection.endpoint);
      owner.connecting().plan();
      owner.completeIfDrained();
    } finally {
      section.leave();
    }
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

  /** It may carry several leases from now on, and has no place on a shelf. Inside. */
  SharedLeases<C> share(PooledConnection<C> connection) {
    shelves.remove(connection);
    SharedLeases<C> leases = new SharedLeases<>(connection.leases());
    connection.shared = leases;
    return leases;
  }

  // ---- looking

  /** Those that lie on a shelf at this moment. Inside. */
  List<PooledConnection<C>> onShelves() {
    return shelves.idle();
  }
}
