package io.fourtuple.pool;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to one destination for those who wait. Guarded by the destination's section.
 *
 * <p>The invariant: while callers wait, there is a {@link ConnectAttempt} for each of them, or as
 * many as may be, or a {@link PortShortage} registered with the ledger, or a timer that ends the
 * back-off of an endpoint. {@link #plan} keeps it, and is called whenever one of these ends or a
 * caller comes.
 */
final class Connecting<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final PortLedger ledger;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final WaitQueue<C> queue;
  private final Set<ConnectAttempt<C>> attempts = new HashSet<>();
  private @Nullable PortShortage<C> shortage;
  private @Nullable Cancellable probeTimer;
  @Nullable Throwable lastFailure; // of a connect; null for none
  @Nullable Throwable lastRefusal; // of a port by the kernel; null for none

  Connecting(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.ledger = pool.connector().ledger();
    this.section = owner.section();
    this.endpoints = owner.endpoints();
    this.queue = owner.queue();
  }

  /** The demand under which callers wait for a port; null for none. Inside. */
  @Nullable PortShortage<C> shortage() {
    return shortage;
  }

  /** Inside. */
  boolean isIdle() {
    return attempts.isEmpty();
  }

  // ---- as many connects as callers

  /** Begins connects for those who wait without one, as many as may be. Inside. */
  void plan() {
    if (shortage != null && shortage.isPartial()) {
      endShortage(); // what was left out may have come back
    }
    if (shortage != null || owner.isClosed()) {
      return;
    }
    long now = pool.now();
    long wanted = Math.min(queue.size(), endpoints.mostConnects(now));
    if (wanted == 0 && !queue.isEmpty() && attempts.isEmpty()) {
      waitForProbe(now);
    }
    while (attempts.size() < wanted) {
      ConnectAttempt<C> attempt = new ConnectAttempt<>(this, pool);
      attempts.add(attempt);
      section.afterwards(attempt::start);
    }
  }

  /** All endpoints are down: who cannot wait until one is tried again, is told so now. */
  private void waitForProbe(long now) {
    long nanos = endpoints.nanosToProbe(now);
    if (nanos == Long.MAX_VALUE) {
      return; // one is finding out, and its end brings us here again
    }
    Duration retryAfter = Duration.ofNanos(nanos);
    Throwable cause = lastFailure;
    section.afterwards(
        () ->
            owner.refuseIf(
                (waiter, ahead) ->
                    waiter.deadline.nanosLeft(now) < nanos
                        ? new ConnectFailedException(
                            owner.destination(), "every endpoint is down", retryAfter, cause)
                        : null));
    planAfter(retryAfter);
  }

  private void planAfter(Duration delay) {
    if (probeTimer != null) {
      probeTimer.cancel();
    }
    probeTimer = pool.scheduler().schedule(this::planNow, delay);
  }

  private void planNow() {
    section.enter();
    try {
      plan();
    } finally {
      section.leave();
    }
  }

  /** Fewer callers wait: the last takes the demand for a port with it. Inside. */
  void queueShrank() {
    if (queue.isEmpty()) {
      endShortage();
    }
  }

  private void endShortage() {
    PortShortage<C> ended = shortage;
    if (ended != null) {
      shortage = null;
      section.afterwards(() -> ledger.withdraw(ended));
    }
  }

  /** The pool closes. Inside. */
  void cancelAll() {
    List.copyOf(attempts).forEach(attempt -> section.afterwards(attempt::cancel));
    if (probeTimer != null) {
      probeTimer.cancel();
    }
  }

  // ---- what attempts ask

  Destination destination() {
    return owner.destination();
  }

  /** The endpoints an attempt should try now, the best first; empty where it is not wanted. */
  List<EndpointPool<C>> endpointsFor(ConnectAttempt<C> attempt) {
    section.enter();
    try {
      if (owner.isClosed() || attempts.size() > queue.size() || isShortEverywhere()) {
        ended(attempt);
        return List.of();
      }
      List<EndpointPool<C>> order = endpoints.toConnect(attempt.tried(), pool.now(), pool.random());
      if (order.isEmpty()) {
        ended(attempt);
        plan();
      }
      return order;
    } finally {
      section.leave();
    }
  }

  /** Whether the ledger will tell of the next port, wherever it is. */
  private boolean isShortEverywhere() {
    return shortage != null && !shortage.isPartial();
  }

  /** Reserves a port to one of some endpoints; null where there is none. */
  @Nullable PortReservation reserve(List<EndpointPool<C>> to) {
    List<Route> routes = endpoints.routes(to);
    section.enter();
    try {
      long now = pool.now();
      routes.removeIf(route -> !endpoints.of(route).mayConnect(route, now));
    } finally {
      section.leave();
    }
    return routes.isEmpty() ? null : ledger.tryReserve(routes);
  }

  /** A connect begins on a reserved port; null where nobody wants it any more. */
  @Nullable EndpointPool<C> begins(ConnectAttempt<C> attempt, PortReservation reserved) {
    section.enter();
    try {
      EndpointPool<C> endpoint = endpoints.of(reserved.route());
      if (owner.isClosed()
          || attempts.size() > queue.size()
          || !endpoint.health.mayConnect(pool.now())) {
        ended(attempt);
        section.afterwards(() -> reserved.settle(Ending.ABANDONED));
        plan();
        return null;
      }
      endpoint.connectBegins(reserved.route());
      return endpoint;
    } finally {
      section.leave();
    }
  }

  private void ended(ConnectAttempt<C> attempt) {
    attempts.remove(attempt);
    owner.completeIfDrained();
  }

  // ---- what attempts tell

  /** There is no port: all wait for one. */
  void noPort(ConnectAttempt<C> attempt) {
    List<Route> routes;
    try {
      routes = endpoints.routes(endpoints.all());
    } catch (RuntimeException e) {
      broken(attempt, e);
      return;
    }
    PortShortage<C> begun = null;
    section.enter();
    try {
      ended(attempt);
      if (routes.isEmpty()) {
        owner.refuseFirst(failure("no source address can reach it", lastFailure));
        plan();
      } else if (!queue.isEmpty() && !owner.isClosed()) {
        begun = shortageOn(routes);
        owner.eviction().watchLeases();
      }
    } finally {
      section.leave();
    }
    if (begun != null) {
      pool.leaks().check();
      register(begun);
    }
  }

  /**
   * Begins a demand on those routes on which a connect may begin; null where that is none, or one
   * is there that covers them. Inside.
   */
  private @Nullable PortShortage<C> shortageOn(List<Route> routes) {
    if (isShortEverywhere()) {
      return null;
    }
    long now = pool.now();
    List<Route> open = new ArrayList<>(routes);
    open.removeIf(route -> !endpoints.of(route).mayConnect(route, now));
    long toProbe = endpoints.nanosToProbe(now);
    if (toProbe < Long.MAX_VALUE) {
      planAfter(Duration.ofNanos(toProbe));
    }
    for (Route route : open) {
      if (endpoints.of(route).exhausted(route, true)) {
        section.afterwards(
            () -> pool.tell(listener -> listener.exhausted(owner.destination(), route)));
      }
    }
    if (open.isEmpty() || (shortage != null && shortage.routes().containsAll(open))) {
      return null; // a connect in progress, or the end of a back-off, brings us here again
    }
    endShortage();
    shortage = new PortShortage<>(owner, open, open.size() < routes.size(), ledger);
    return shortage;
  }

  private void register(PortShortage<C> begun) {
    PortReservation reservation = ledger.reserveOrWait(begun);
    if (reservation != null) {
      granted(begun, reservation);
      return;
    }
    begun.reconsider();
    section.enter();
    try {
      if (shortage != begun) {
        section.afterwards(() -> ledger.withdraw(begun)); // it ended before it was registered
      }
    } finally {
      section.leave();
    }
  }

  /** Sources or ledger have thrown: whoever waits first is told. */
  void broken(ConnectAttempt<C> attempt, RuntimeException why) {
    section.enter();
    try {
      ended(attempt);
      lastFailure = why;
      owner.refuseFirst(failure(why.toString(), why));
      plan();
    } finally {
      section.leave();
    }
  }

  /** The ledger has a port for whoever waits longest here. */
  void granted(PortShortage<C> demand, PortReservation reservation) {
    ConnectAttempt<C> attempt = new ConnectAttempt<>(this, pool);
    section.enter();
    try {
      if (shortage == demand) {
        shortage = null;
      }
      attempts.add(attempt);
      section.afterwards(() -> attempt.connect(reservation));
      plan();
    } finally {
      section.leave();
    }
  }

  /** A new connection, before anybody gets it. */
  PooledConnection<C> pooled(EndpointPool<C> endpoint, C made, PortReservation reserved) {
    Object affinity = pool.connector().affinity(made);
    long end = pool.now() + pool.lifetimeNanos();
    return new PooledConnection<>(owner.connections(), endpoint, made, reserved, affinity, end);
  }

  /** A connection is there. */
  void connected(ConnectAttempt<C> attempt, PooledConnection<C> connection, long nanos) {
    owner.counters().opened.increment();
    Route route = connection.reservation.route();
    section.enter();
    try {
      attempts.remove(attempt);
      connection.endpoint.connectEnds(route);
      connection.endpoint.health.succeeded();
      lastRefusal = null;
      connection.endpoint.exhausted(route, false);
      owner.connections().add(connection);
      plan();
    } finally {
      section.leave();
    }
    owner.connections().noteScarcity(connection);
    pool.tell(l -> l.opened(owner.destination(), route, Duration.ofNanos(nanos)));
  }

  /** The kernel has refused a port: the attempt goes on with another one. */
  void portRefused(EndpointPool<C> endpoint, Route route, Throwable why) {
    owner.counters().absorbed.increment();
    section.enter();
    try {
      endpoint.connectEnds(route);
      endpoint.health.undecided();
      lastRefusal = why;
    } finally {
      section.leave();
    }
    pool.tell(listener -> listener.absorbed(owner.destination(), route, why));
  }

  /**
   * A connect has failed: another endpoint is tried, or whoever waits first is told.
   *
   * @return whether the attempt should go on
   */
  boolean failed(
      ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route, ConnectFailure failure) {
    owner.counters().connectFailed.increment();
    pool.tell(listener -> listener.connectFailed(owner.destination(), route, failure.cause()));
    section.enter();
    try {
      lastFailure = failure.cause();
      endpoint.connectEnds(route);
      if (failure.kind() == Kind.ENDPOINT) {
        endpoint.health.failed(pool.now(), pool.random());
        if (!endpoints.toConnect(attempt.tried(), pool.now(), pool.random()).isEmpty()) {
          return true;
        }
      } else {
        endpoint.health.undecided();
      }
      ended(attempt);
      owner.refuseFirst(
          failure(
              "connect on " + route + " failed: " + failure.cause().getMessage(), failure.cause()));
      plan();
      return false;
    } finally {
      section.leave();
    }
  }

  private ConnectFailedException failure(String detail, @Nullable Throwable cause) {
    return new ConnectFailedException(owner.destination(), detail, null, cause);
  }

  /** A connect was cancelled by us. */
  void cancelled(ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route) {
    section.enter();
    try {
      endpoint.connectEnds(route);
      endpoint.health.undecided();
      ended(attempt);
      plan(); // it may have been the connector's own idea
    } finally {
      section.leave();
    }
  }
}
