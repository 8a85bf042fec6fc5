package io.fourtuple.pool;

import io.fourtuple.pool.ConnectFailure.Kind;
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
 * <p>The invariant: while callers wait, there are as many {@link ConnectAttempt}s as are {@link
 * Expectation expected} to serve them, one for each of them or fewer, or as many as may be, or a
 * {@link PortShortage} registered with the ledger, or a timer that ends the back-off of an
 * endpoint. {@link #plan} keeps it, and is called whenever one of these ends or a caller comes.
 * {@link WarmUp} connects beside, while nobody waits.
 */
final class Connecting<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final WaitQueue<C> queue;
  private final Set<ConnectAttempt<C>> attempts = new LinkedHashSet<>();
  private final Shortages<C> shortages;
  private final WarmUp<C> warmUp;
  private final BackOffs<C> backOffs;
  private final Races<C> races;
  private final PortSearch<C> search;
  private final Expectation<C> expected;
  private int underWay; // connects that have begun and not ended
  @Nullable Throwable lastFailure; // of a connect; null for none
  @Nullable Throwable lastRefusal; // of a port by the kernel; null for none

  Connecting(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.section = owner.section();
    this.endpoints = owner.endpoints();
    this.queue = owner.queue();
    this.shortages = new Shortages<>(owner, pool);
    this.warmUp = new WarmUp<>(owner, this, pool);
    this.backOffs = new BackOffs<>(owner, pool);
    this.races = new Races<>(owner, pool);
    this.search = new PortSearch<>(owner, this, pool);
    this.expected = new Expectation<>(owner, pool.connector());
  }

  /** The demand under which callers wait for a port; null for none. Inside. */
  @Nullable PortShortage<C> shortage() {
    return shortages.current();
  }

  /** Inside. */
  boolean isIdle() {
    return attempts.isEmpty() && underWay == 0 && warmUp.isIdle();
  }

  Shortages<C> shortages() {
    return shortages;
  }

  WarmUp<C> warmUp() {
    return warmUp;
  }

  Races<C> races() {
    return races;
  }

  PortSearch<C> search() {
    return search;
  }

  /** What the next connection is expected to carry. */
  Expectation<C> expected() {
    return expected;
  }

  // ---- as many connects as callers need

  /** Begins connects for those who wait without one, as many as may be, then others. Inside. */
  void plan() {
    shortages.endPartial();
    if (shortages.current() == null && !owner.isClosed() && !queue.isEmpty()) {
      planForCallers();
    }
    if (!owner.resolving().isAwaited()) {
      warmUp.plan();
    }
  }

  private void planForCallers() {
    long now = pool.now();
    long wanted = wanted();
    long most = endpoints.mostConnects(now);
    if (wanted > 0 && most == 0 && attempts.isEmpty()) {
      backOffs.await(now, lastFailure);
    }
    while (attempts.size() < Math.min(wanted, most)) {
      section.afterwards(newAttempt()::start);
    }
  }

  /** How many connects those who wait need, beside connections that are about to have room. */
  private long wanted() {
    return expected.connects(queue.size()) - owner.connections().sharing().barred();
  }

  /** An attempt more, with the affinity of the first caller that has none under way. Inside. */
  private ConnectAttempt<C> newAttempt() {
    int ahead = expected.callersAhead(attempts.size(), queue.size());
    var attempt = ConnectAttempt.forCaller(this, pool, queue.affinityAfter(ahead));
    attempts.add(attempt);
    return attempt;
  }

  /** Fewer callers wait: the last takes the demand for a port with it. Inside. */
  void queueShrank() {
    if (queue.isEmpty()) {
      shortages.end();
    }
  }

  /** Who waited first gets a connection. Inside. */
  void served() {
    queueShrank();
    shortages.standstill().moved();
  }

  /** How many connects those who wait may hope for; those of a race each hold a port. Inside. */
  int underWay() {
    return Math.max(underWay, attempts.size());
  }

  /** The pool closes. Inside. */
  void cancelAll() {
    shortages.standstill().stop();
    List.copyOf(attempts).forEach(attempt -> section.afterwards(attempt::cancel));
    warmUp.end();
    backOffs.stop();
  }

  /** An endpoint has left: connects to it that nobody waits for are given up. Inside. */
  void endpointLeft(EndpointPool<C> endpoint) {
    for (ConnectAttempt<C> attempt : queue.isEmpty() ? attempts : List.<ConnectAttempt<C>>of()) {
      if (attempt.underWay.containsKey(endpoint)) {
        section.afterwards(attempt::cancel);
      }
    }
  }

  // ---- what attempts ask

  Destination destination() {
    return owner.destination();
  }

  Connections<C> connections() {
    return owner.connections();
  }

  /** Whether an attempt may begin another connect. Inside. */
  boolean isWanted(ConnectAttempt<C> attempt) {
    if (owner.isClosed()) {
      return false;
    }
    return attempt.warmsUp ? warmUp.isWanted() : isCurrent(attempt) && attempts.size() <= wanted();
  }

  /** Whether an attempt goes on for who waits; not where it has won a connection. Inside. */
  boolean isCurrent(ConnectAttempt<C> attempt) {
    return attempts.contains(attempt);
  }

  /** Inside. */
  void connectBegins(ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route) {
    underWay++;
    races.begins(attempt, endpoint, endpoint.connectBegins(route));
  }

  /** Returns what the endpoint's health is to be told. */
  private int connectEnds(ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route) {
    underWay--;
    endpoint.connectEnds(route);
    owner.forgetIfGone(endpoint);
    return races.ends(attempt, endpoint);
  }

  /** It ends, unless other connects of it are under way. Inside. */
  void ended(ConnectAttempt<C> attempt) {
    if (attempt.underWay.isEmpty()) {
      remove(attempt);
      owner.completeIfDrained();
    }
  }

  private void remove(ConnectAttempt<C> attempt) {
    if (attempt.warmsUp) {
      warmUp.ended(attempt);
    } else {
      attempts.remove(attempt);
    }
  }

  /**
   * Tells whoever waits first, unless the attempt is there for nobody, or goes on; and others who
   * depend on the same connect, if they have waited for it from its beginning.
   */
  private void refuse(ConnectAttempt<C> attempt, String detail, @Nullable Throwable cause) {
    if (!isCurrent(attempt) || !attempt.underWay.isEmpty()) {
      return;
    }
    long riders = expected.riders(queue.size(), attempts.size());
    do {
      owner.refuseFirst(failure(detail, cause));
      riders--;
    } while (riders > 0 && !queue.isEmpty() && queue.headSince() - attempt.since <= 0);
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
      if (!isCurrent(attempt) || !attempt.underWay.isEmpty()) {
        return; // another connect of it is under way, or has succeeded
      }
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
      lastFailure = why;
      refuse(attempt, why.toString(), why);
      ended(attempt);
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
    boolean isScarce = connection.reservation.isAboveHighMark();
    section.enter();
    try {
      remove(attempt);
      underWay--;
      connection.endpoint.connectEnds(route);
      int begun = races.won(attempt, connection.endpoint);
      connection.endpoint.health.succeeded(begun, pool.now());
      lastRefusal = null;
      connection.endpoint.exhausted(route, false);
      connection.endpoint.resting(route, false);
      shortages.noteScarcity(connection, isScarce);
      owner.connections().add(connection);
      othersGoOn(attempt);
      plan();
    } finally {
      section.leave();
    }
    pool.tell(l -> l.opened(owner.destination(), route, Duration.ofNanos(nanos)));
  }

  /** Other connects of an attempt that has won one: for who waits without any, or for nobody. */
  private void othersGoOn(ConnectAttempt<C> attempt) {
    if (attempt.underWay.isEmpty()) {
      return;
    }
    if (attempts.size() < wanted() && !owner.isClosed()) {
      attempts.add(attempt);
    } else {
      races.stop(attempt);
      section.afterwards(attempt::cancel);
    }
  }

  /**
   * The kernel has refused a port: the attempt goes on with another one.
   *
   * @return whether it should go on
   */
  boolean portRefused(
      ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route, Throwable why) {
    owner.counters().absorbed.increment();
    boolean goesOn;
    section.enter();
    try {
      endpoint.health.undecided(connectEnds(attempt, endpoint, route));
      lastRefusal = why;
      goesOn = isCurrent(attempt);
      if (!goesOn) {
        ended(attempt); // of those that warm up, the next is begun when it is due
        plan();
      }
    } finally {
      section.leave();
    }
    pool.tell(listener -> listener.absorbed(owner.destination(), route, why));
    return goesOn;
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
      int begun = connectEnds(attempt, endpoint, route);
      attempt.tried.add(endpoint);
      if (failure.kind() == Kind.ENDPOINT) {
        endpoint.health.failed(begun, pool.now(), pool.random());
        if (attempt.warmsUp) {
          warmUp.endpointFailed();
        } else if (isCurrent(attempt) && search.hasMore(attempt)) {
          return true;
        }
      } else {
        endpoint.health.undecided(begun);
      }
      String why = "connect on " + route + " failed: " + failure.cause().getMessage();
      refuse(attempt, why, failure.cause());
      ended(attempt);
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
      endpoint.health.undecided(connectEnds(attempt, endpoint, route));
      ended(attempt);
      plan(); // it may have been the connector's own idea
    } finally {
      section.leave();
    }
  }
}
