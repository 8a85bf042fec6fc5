package io.fourtuple.pool;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections to one destination for those who wait. Guarded by the destination's section.
 *
 * <p>The invariant: while callers wait, there is a {@link ConnectAttempt} for each of them, or as
 * many as may be, or a {@link PortShortage} registered with the ledger, or a timer that ends the
 * back-off of an endpoint. {@link #plan} keeps it, and is called whenever one of these ends or a
 * caller comes. {@link WarmUp} connects beside, while nobody waits.
 */
final class Connecting<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final PortLedger ledger;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final WaitQueue<C> queue;
  private final Set<ConnectAttempt<C>> attempts = new LinkedHashSet<>();
  private final Shortages<C> shortages;
  private final WarmUp<C> warmUp;
  private final BackOffs<C> backOffs;
  @Nullable Throwable lastFailure; // of a connect; null for none
  @Nullable Throwable lastRefusal; // of a port by the kernel; null for none

  Connecting(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.ledger = pool.connector().ledger();
    this.section = owner.section();
    this.endpoints = owner.endpoints();
    this.queue = owner.queue();
    this.shortages = new Shortages<>(owner, pool);
    this.warmUp = new WarmUp<>(owner, this, pool);
    this.backOffs = new BackOffs<>(owner, pool);
  }

  /** The demand under which callers wait for a port; null for none. Inside. */
  @Nullable PortShortage<C> shortage() {
    return shortages.current();
  }

  /** Inside. */
  boolean isIdle() {
    return attempts.isEmpty() && warmUp.isIdle();
  }

  Shortages<C> shortages() {
    return shortages;
  }

  WarmUp<C> warmUp() {
    return warmUp;
  }

  // ---- as many connects as callers

  /** Begins connects for those who wait without one, as many as may be, then others. Inside. */
  void plan() {
    shortages.endPartial();
    if (shortages.current() == null && !owner.isClosed() && !queue.isEmpty()) {
      planForCallers();
    }
    warmUp.plan();
  }

  private void planForCallers() {
    long now = pool.now();
    long wanted = Math.min(queue.size(), endpoints.mostConnects(now));
    if (wanted == 0 && attempts.isEmpty()) {
      backOffs.await(now, lastFailure);
    }
    while (attempts.size() < wanted) {
      section.afterwards(newAttempt()::start);
    }
  }

  /** An attempt more, with the affinity of the first caller that has none under way. Inside. */
  private ConnectAttempt<C> newAttempt() {
    var attempt = ConnectAttempt.forCaller(this, pool, queue.affinityAfter(attempts.size()));
    attempts.add(attempt);
    return attempt;
  }

  /** Fewer callers wait: the last takes the demand for a port with it. Inside. */
  void queueShrank() {
    if (queue.isEmpty()) {
      shortages.end();
    }
  }

  /** The pool closes. Inside. */
  void cancelAll() {
    List.copyOf(attempts).forEach(attempt -> section.afterwards(attempt::cancel));
    warmUp.end();
    backOffs.stop();
  }

  // ---- what attempts ask

  Destination destination() {
    return owner.destination();
  }

  Connections<C> connections() {
    return owner.connections();
  }

  /** Where an attempt should look for a port, one after another; empty where it is not wanted. */
  List<List<EndpointPool<C>>> endpointsFor(ConnectAttempt<C> attempt) {
    section.enter();
    try {
      boolean waitsForPort = !attempt.warmsUp && shortages.isEverywhere();
      if (isUnwanted(attempt) || waitsForPort) {
        ended(attempt);
        return List.of();
      }
      long now = pool.now();
      List<List<EndpointPool<C>>> order =
          attempt.warmsUp
              ? endpoints.toWarmUp(now)
              : endpoints.toConnect(attempt.tried(), now, pool.random());
      if (order.isEmpty()) {
        ended(attempt);
        plan();
      }
      return order;
    } finally {
      section.leave();
    }
  }

  private boolean isUnwanted(ConnectAttempt<C> attempt) {
    return owner.isClosed()
        || (attempt.warmsUp ? !warmUp.isWanted() : attempts.size() > queue.size());
  }

  /** Reserves a port to one of some endpoints; null where there is none. */
  @Nullable PortReservation reserve(ConnectAttempt<C> attempt, List<EndpointPool<C>> to) {
    List<Route> routes = endpoints.routes(to);
    section.enter();
    try {
      long now = pool.now();
      routes.removeIf(route -> !endpoints.of(route).mayConnect(route, now));
    } finally {
      section.leave();
    }
    if (attempt.warmsUp) {
      return warmUp.reserve(routes);
    }
    return routes.isEmpty() ? null : ledger.tryReserve(routes);
  }

  /** A connect begins on a reserved port; null where nobody wants it any more. */
  @Nullable EndpointPool<C> begins(ConnectAttempt<C> attempt, PortReservation reserved) {
    section.enter();
    try {
      EndpointPool<C> endpoint = endpoints.of(reserved.route());
      if (isUnwanted(attempt) || !endpoint.health.mayConnect(pool.now())) {
        ended(attempt);
        section.afterwards(() -> reserved.settle(Ending.ABANDONED));
        plan();
        return null;
      }
      attempt.begun = endpoint.connectBegins(reserved.route());
      return endpoint;
    } finally {
      section.leave();
    }
  }

  private void ended(ConnectAttempt<C> attempt) {
    remove(attempt);
    owner.completeIfDrained();
  }

  private void remove(ConnectAttempt<C> attempt) {
    if (attempt.warmsUp) {
      warmUp.ended(attempt);
    } else {
      attempts.remove(attempt);
    }
  }

  /** Tells whoever waits first, unless the attempt was made for nobody. */
  private void refuse(ConnectAttempt<C> attempt, ConnectFailedException why) {
    if (!attempt.warmsUp) {
      owner.refuseFirst(why);
    }
  }

  // ---- what attempts tell

  /** There is no port: all wait for one. */
  void noPort(ConnectAttempt<C> attempt) {
    if (attempt.warmsUp) {
      warmUp.noPort(attempt);
      return;
    }
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
        begun = shortages.begin(routes);
        backOffs.awaitBeside();
        owner.eviction().watchLeases();
      }
    } finally {
      section.leave();
    }
    if (begun != null) {
      shortages.register(begun);
    }
  }

  /** Sources or ledger have thrown: whoever waits first is told. */
  void broken(ConnectAttempt<C> attempt, RuntimeException why) {
    section.enter();
    try {
      ended(attempt);
      lastFailure = why;
      refuse(attempt, failure(why.toString(), why));
      plan();
    } finally {
      section.leave();
    }
  }

  /** The ledger has a port for whoever waits longest here. */
  void granted(PortShortage<C> demand, PortReservation reservation) {
    section.enter();
    try {
      shortages.granted(demand);
      ConnectAttempt<C> attempt = newAttempt();
      section.afterwards(() -> attempt.connect(reservation));
      plan();
    } finally {
      section.leave();
    }
  }

  /** A connection is there. */
  void connected(ConnectAttempt<C> attempt, PooledConnection<C> connection, long nanos) {
    owner.counters().opened.increment();
    Route route = connection.reservation.route();
    section.enter();
    try {
      remove(attempt);
      connection.endpoint.connectEnds(route);
      connection.endpoint.health.succeeded(attempt.begun, pool.now());
      lastRefusal = null;
      connection.endpoint.exhausted(route, false);
      connection.endpoint.resting(route, false);
      owner.connections().add(connection);
      plan();
    } finally {
      section.leave();
    }
    owner.connections().noteScarcity(connection);
    pool.tell(l -> l.opened(owner.destination(), route, Duration.ofNanos(nanos)));
  }

  /**
   * The kernel has refused a port: the attempt goes on with another one.
   *
   * @return whether it should go on
   */
  boolean portRefused(
      ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route, Throwable why) {
    owner.counters().absorbed.increment();
    section.enter();
    try {
      endpoint.connectEnds(route);
      endpoint.health.undecided(attempt.begun);
      lastRefusal = why;
      if (attempt.warmsUp) {
        ended(attempt); // the next is begun when it is due
        plan();
      }
    } finally {
      section.leave();
    }
    pool.tell(listener -> listener.absorbed(owner.destination(), route, why));
    return !attempt.warmsUp;
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
        endpoint.health.failed(attempt.begun, pool.now(), pool.random());
        if (attempt.warmsUp) {
          warmUp.endpointFailed();
        } else if (!endpoints.toConnect(attempt.tried(), pool.now(), pool.random()).isEmpty()) {
          return true;
        }
      } else {
        endpoint.health.undecided(attempt.begun);
      }
      ended(attempt);
      refuse(
          attempt,
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
      endpoint.health.undecided(attempt.begun);
      ended(attempt);
      plan(); // it may have been the connector's own idea
    } finally {
      section.leave();
    }
  }
}
