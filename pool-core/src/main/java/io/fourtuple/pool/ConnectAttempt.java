package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection being made for a destination: reserves a port, connects, and goes on with another
 * port, source or endpoint where one is refused, without any caller noticing. It belongs to nobody;
 * who gets the connection is decided when it is there.
 *
 * <p>Runs on whatever thread brings the next event; its steps follow one another, and each takes
 * the destination's lock by itself where it needs it.
 */
final class ConnectAttempt<C> {
  private static final Logger log = LoggerFactory.getLogger(ConnectAttempt.class);

  /** Refusals of a route's ports, met by one attempt, after which the route rests. */
  private static final int MOST_REFUSALS = 8;

  private static final Cancellable NOT_BEGUN = () -> {};

  private final Connecting<C> connecting;
  private final ConnectionPool<C> pool;
  private final @Nullable Object affinity;

  /** Tick of its beginning. */
  final long since;

  /** Whether it is made ahead of all callers, and gives way to them. */
  final boolean warmsUp;

  /** Endpoints that have failed it. Needs the destination's lock, as the next two. */
  final List<EndpointPool<C>> tried = new ArrayList<>(0);

  /**
   * Endpoints that a connect is under way to, in the order in which they were begun, with what
   * {@link EndpointHealth#begins} has said.
   */
  final Map<EndpointPool<C>, Integer> underWay = new LinkedHashMap<>(2);

  /** Until another connect is begun beside; null for none. */
  @Nullable Cancellable raceTimer;

  // Guarded by the monitor.
  private final Map<PooledConnection<C>, Cancellable> connects = new HashMap<>(2);
  private final Map<Route, Integer> refusals = new HashMap<>(0);
  private @Nullable PooledConnection<C> last; // that was begun
  private boolean isCancelled;

  private ConnectAttempt(
      Connecting<C> connecting,
      ConnectionPool<C> pool,
      boolean warmsUp,
      @Nullable Object affinity) {
    this.connecting = connecting;
    this.pool = pool;
    this.warmsUp = warmsUp;
    this.affinity = affinity;
    this.since = pool.now();
  }

  /** For somebody who waits, with what he has in common with connections. */
  static <C> ConnectAttempt<C> forCaller(
      Connecting<C> connecting, ConnectionPool<C> pool, @Nullable Object affinity) {
    return new ConnectAttempt<>(connecting, pool, false, affinity);
  }

  /** Ahead of all callers. */
  static <C> ConnectAttempt<C> ahead(Connecting<C> connecting, ConnectionPool<C> pool) {
    return new ConnectAttempt<>(connecting, pool, true, null);
  }

  /** Looks for a port and connects, or tells the pool that there is none. */
  void start() {
    List<List<EndpointPool<C>>> order = connecting.search().endpointsFor(this);
    if (!order.isEmpty() && !connect(order)) { // else not wanted any more, or taken care of
      connecting.noPort(this);
    }
  }

  /**
   * No connect has succeeded for a while: begins another one beside, if there is a port, unless it
   * is only this process that is slow.
   */
  void race() {
    @Nullable PooledConnection<C> slow;
    Cancellable begun;
    synchronized (this) {
      slow = last;
      begun = connects.getOrDefault(slow, NOT_BEGUN);
    }
    Duration time = pool.config().connectionAttemptDelay();
    pool.connector().whenOverdue(begun, time, () -> raceWith(slow));
  }

  private void raceWith(@Nullable PooledConnection<C> slow) {
    if (isLast(slow)) { // else the other one has its own time
      connect(connecting.races().order(this));
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same connect
  private synchronized boolean isLast(@Nullable PooledConnection<C> made) {
    return made == last;
  }

  /** Returns whether there was a port, or no use in looking for one. */
  private boolean connect(List<List<EndpointPool<C>>> order) {
    PortReservation found = null;
    try {
      for (int i = 0; found == null && i < order.size(); i++) {
        found = connecting.search().reserve(this, order.get(i));
      }
    } catch (RuntimeException e) {
      connecting.broken(this, e);
      return true;
    }
    if (found != null) {
      connect(found);
    }
    return found != null;
  }

  /** Connects on a port that is reserved. */
  void connect(PortReservation reserved) {
    EndpointPool<C> target = connecting.search().begins(this, reserved);
    if (target == null) {
      return;
    }
    long began = pool.now();
    Deadline deadline = Deadline.after(began, pool.config().connectTimeout());
    ConnectRequest request =
        new ConnectRequest(connecting.destination(), reserved, deadline, affinity);
    PooledConnection<C> made = new PooledConnection<>(target, reserved, this);
    made.idleSince = began; // it is not in use, either
    synchronized (this) {
      connects.put(made, NOT_BEGUN);
      last = made;
    }
    Cancellable begun;
    try {
      begun = pool.connector().connect(request, made);
    } catch (RuntimeException | LinkageError e) {
      broken(made, e);
      return;
    }
    boolean cancelNow;
    synchronized (this) {
      // Where it is over there is nothing left to cancel.
      cancelNow = connects.replace(made, begun) != null && isCancelled;
    }
    if (cancelNow) {
      begun.cancel();
    }
  }

  private synchronized boolean isUnderWay(PooledConnection<C> made) {
    return connects.containsKey(made);
  }

  /** The connector has thrown, which it never should: the port is not to be lost by it. */
  private void broken(PooledConnection<C> made, Throwable why) {
    if (!isUnderWay(made)) {
      log.warn("the connector told how a connect went, and then failed", why);
      return;
    }
    if (!made.reservation.isSettled()) {
      made.reservation.settle(Ending.ABANDONED);
    }
    failed(made, new ConnectFailure(ConnectFailure.Kind.HOST, why));
  }

  /** Nobody waits for it any more. */
  void cancel() {
    List<Cancellable> begun;
    synchronized (this) {
      isCancelled = true;
      begun = List.copyOf(connects.values());
    }
    begun.forEach(Cancellable::cancel);
  }

  private synchronized void over(PooledConnection<C> made) {
    connects.remove(made);
  }

  private synchronized boolean isRefusedOften(Route route) {
    return refusals.merge(route, 1, Integer::sum) % MOST_REFUSALS == 0;
  }

  /** The connection is there. */
  void connected(PooledConnection<C> made) {
    over(made);
    connecting.connected(this, made, pool.now() - made.idleSince);
  }

  /** There will be no such connection. */
  void failed(PooledConnection<C> made, ConnectFailure failure) {
    over(made);
    EndpointPool<C> at = made.endpoint;
    Route route = made.reservation.route();
    switch (failure.kind()) {
      case LOCAL_PORT -> {
        if (isRefusedOften(route)) {
          connecting.shortages().rests(at, route);
        }
        if (connecting.portRefused(this, at, route, failure.cause())) {
          pool.errands().run(this::start);
        }
      }
      case ENDPOINT, HOST -> {
        if (connecting.failed(this, at, route, failure)) {
          pool.errands().run(this::start);
        }
      }
      case CANCELLED -> connecting.cancelled(this, at, route);
    }
  }
}
