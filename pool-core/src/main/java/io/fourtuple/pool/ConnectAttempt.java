package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.util.ArrayList;
import java.util.HashMap;
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

  private final Connecting<C> connecting;
  private final ConnectionPool<C> pool;
  private final @Nullable Object affinity;
  private List<EndpointPool<C>> tried = List.of();

  /** Whether it is made ahead of all callers, and gives way to them. */
  final boolean warmsUp;

  /** What {@link EndpointHealth#begins} has said of the connect; needs the destination's lock. */
  int begun;

  private final Map<Route, Integer> refusals = new HashMap<>(0);
  private long began;

  // Guarded by the monitor.
  private @Nullable PooledConnection<C> current; // being connected
  private @Nullable Cancellable connect;
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

  /** Endpoints that have failed this attempt. */
  List<EndpointPool<C>> tried() {
    return tried;
  }

  /** Looks for a port and connects, or tells the pool that there is none. */
  void start() {
    List<List<EndpointPool<C>>> order = connecting.endpointsFor(this);
    if (order.isEmpty()) {
      return; // not wanted any more, or taken care of
    }
    PortReservation found = null;
    try {
      for (int i = 0; found == null && i < order.size(); i++) {
        found = connecting.reserve(this, order.get(i));
      }
    } catch (RuntimeException e) {
      connecting.broken(this, e);
      return;
    }
    if (found == null) {
      connecting.noPort(this);
    } else {
      connect(found);
    }
  }

  /** Connects on a port that is reserved. */
  void connect(PortReservation reserved) {
    EndpointPool<C> target = connecting.begins(this, reserved);
    if (target == null) {
      return;
    }
    began = pool.now();
    Deadline deadline = Deadline.after(began, pool.config().connectTimeout());
    ConnectRequest request =
        new ConnectRequest(connecting.destination(), reserved, deadline, affinity);
    PooledConnection<C> made = new PooledConnection<>(target, reserved, this);
    synchronized (this) {
      current = made;
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
      // Else there is nothing left to cancel; another connect may be under way.
      if (isCurrent(made)) {
        connect = begun;
      }
      cancelNow = isCancelled;
    }
    if (cancelNow) {
      begun.cancel();
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very same connect
  private synchronized boolean isCurrent(PooledConnection<C> made) {
    return current == made;
  }

  /** The connector has thrown, which it never should: the port is not to be lost by it. */
  private void broken(PooledConnection<C> made, Throwable why) {
    if (!isCurrent(made)) {
      log.warn("the connector told how a connect went, and then failed", why);
      return;
    }
    if (!made.reservation.isSettled()) {
      made.reservation.settle(Ending.ABANDONED);
    }
    failed(made, new ConnectFailure(ConnectFailure.Kind.HOST, why));
  }

  /** The pool closes. */
  void cancel() {
    Cancellable begun;
    synchronized (this) {
      isCancelled = true;
      begun = connect;
    }
    if (begun != null) {
      begun.cancel();
    }
  }

  private synchronized void over() {
    current = null;
    connect = null;
  }

  /** The connection is there. */
  void connected(PooledConnection<C> made) {
    over();
    connecting.connected(this, made, pool.now() - began);
  }

  /** There will be no such connection. */
  void failed(PooledConnection<C> made, ConnectFailure failure) {
    over();
    EndpointPool<C> at = made.endpoint;
    Route route = made.reservation.route();
    switch (failure.kind()) {
      case LOCAL_PORT -> {
        if (refusals.merge(route, 1, Integer::sum) % MOST_REFUSALS == 0) {
          connecting.shortages().rests(at, route);
        }
        if (connecting.portRefused(this, at, route, failure.cause())) {
          pool.errands().run(this::start);
        }
      }
      case ENDPOINT, HOST -> {
        tried = new ArrayList<>(tried);
        tried.add(at);
        if (connecting.failed(this, at, route, failure)) {
          pool.errands().run(this::start);
        }
      }
      case CANCELLED -> connecting.cancelled(this, at, route);
    }
  }
}
