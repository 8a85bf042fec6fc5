package io.fourtuple.pool;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * All connections of a pool to one destination, and the callers that wait for one.
 *
 * <p>One lock guards it. Nothing foreign is called while it is held: neither connector, ledger,
 * listener nor caller. What there is to do is collected, and done by {@link #leave} outside.
 *
 * <p>The invariant: while callers wait, there is a connect in progress for each of them, or as many
 * as may be, or a demand registered with the ledger, or a timer that ends the back-off of an
 * endpoint. {@link #plan} keeps it, and is called whenever one of these ends or a caller comes.
 */
final class DestinationPool<C> {
  /** A connection in use goes to other destinations only if they wait this much longer. */
  private static final long PATIENCE_NANOS = 50_000_000;

  private final ConnectionPool<C> pool;
  private final Destination destination;
  private final Connector<C> connector;
  private final PoolConfig config;
  private final ReentrantLock lock = new ReentrantLock();
  private final Counters counters = new Counters();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  // All below are guarded by the lock.
  private final Endpoints<C> endpoints;
  private final WaitQueue<C> queue = new WaitQueue<>();
  private final Set<ConnectAttempt<C>> attempts = new HashSet<>();
  private final Set<PooledConnection<C>> connections = new HashSet<>();
  private @Nullable PortShortage<C> shortage;
  private @Nullable Cancellable probeTimer;
  private @Nullable Cancellable evictTimer;
  private @Nullable Throwable lastFailure;
  private boolean isClosed;
  private @Nullable List<Runnable> afterwards;

  DestinationPool(ConnectionPool<C> pool, Destination destination) {
    this.pool = pool;
    this.destination = destination;
    this.connector = pool.connector();
    this.config = pool.config();
    this.endpoints = new Endpoints<>(destination, connector, config);
  }

  // ---- acquire

  /** An idle connection, never past somebody who waits; null for none. */
  @Nullable Lease<C> tryAcquire(@Nullable Object affinity) {
    PooledConnection<C> taken;
    do {
      lock.lock();
      try {
        taken = queue.isEmpty() ? takeIdle(endpoints.leastBusyIdle(), affinity) : null;
      } finally {
        leave();
      }
    } while (taken != null && !isFit(taken));
    return taken == null ? null : lend(taken, 0);
  }

  /**
   * Serves the caller, or lets it wait, or refuses it.
   *
   * @return false where this object is closed, and the caller has to look for another one
   */
  boolean acquire(Waiter<C> waiter) {
    PooledConnection<C> taken;
    PortShortage<C> existing;
    boolean waits = false;
    do {
      lock.lock();
      try {
        if (isClosed) {
          return false;
        }
        existing = shortage;
        taken = queue.isEmpty() ? takeIdle(preferred(), waiter.affinity) : null;
        if (taken == null && queue.size() < config.maxWaiters()) {
          waits = true;
          queue.add(waiter);
          waiter.timer =
              pool.scheduler().schedule(() -> timedOut(waiter), waiter.deadline.left(now()));
          plan();
        }
      } finally {
        leave();
      }
    } while (taken != null && !isFit(taken));
    if (taken != null) {
      waiter.acquired(lend(taken, 0));
    } else if (!waits) {
      refuse(waiter, new TooManyWaitersException(snapshot(), config.maxWaiters()));
    } else if (existing != null) {
      existing.reconsider();
    }
    return true;
  }

  private @Nullable EndpointPool<C> preferred() {
    return shortage == null ? endpoints.preferred(now(), pool.random()) : endpoints.leastBusyIdle();
  }

  private @Nullable PooledConnection<C> takeIdle(
      @Nullable EndpointPool<C> from, @Nullable Object affinity) {
    PooledConnection<C> taken = from == null ? null : from.peekIdle(connector, affinity);
    if (taken != null) {
      taken.endpoint.move(taken, ConnectionState.LEASED);
    }
    return taken;
  }

  /** Whether a connection that idled can still be used; one that cannot is closed. */
  private boolean isFit(PooledConnection<C> taken) {
    boolean fit = !taken.isOld(now(), config.maxUses()) && connector.isUsable(taken.connection);
    if (!fit) {
      discard(taken);
    }
    return fit;
  }

  private Lease<C> lend(PooledConnection<C> taken, long waitedNanos) {
    connector.onLease(taken.connection);
    counters.acquired.increment();
    if (taken.uses++ > 0) {
      counters.reused.increment();
    }
    if (pool.hasListeners()) {
      pool.tell(listener -> listener.acquired(destination, Duration.ofNanos(waitedNanos)));
    }
    return pool.leaks().lend(taken);
  }

  // ---- waiting, and its end

  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      leave();
    }
  }

  Duration waited(Waiter<C> waiter) {
    return Duration.ofNanos(now() - waiter.since);
  }

  private void timedOut(Waiter<C> waiter) {
    PortShortage<C> forPorts;
    Throwable cause;
    lock.lock();
    try {
      forPorts = shortage;
      cause = lastFailure;
      if (!queue.remove(waiter)) {
        return;
      }
      endShortageIfIdle();
    } finally {
      leave();
    }
    refuse(
        waiter,
        forPorts != null
            ? forPorts.timedOut(waiter)
            : new AcquireTimeoutException(snapshot(), waited(waiter), cause));
  }

  /** The caller does not want to wait any more. */
  void abandon(Waiter<C> waiter) {
    lock.lock();
    try {
      if (queue.remove(waiter)) {
        afterwards(waiter::stopTimer);
        endShortageIfIdle();
      }
    } finally {
      leave();
    }
  }

  /** Takes those out of the queue for whom there is a reason, given how many come before. */
  void refuseIf(BiFunction<Waiter<C>, Integer, @Nullable IOException> reason) {
    lock.lock();
    try {
      int ahead = 0;
      for (Waiter<C> waiter : queue.all()) {
        IOException why = reason.apply(waiter, ahead);
        if (why == null) {
          ahead++;
        } else {
          queue.remove(waiter);
          afterwards(() -> refuse(waiter, why));
        }
      }
      endShortageIfIdle();
    } finally {
      leave();
    }
  }

  private void refuse(Waiter<C> waiter, IOException why) {
    counters.refused.increment();
    pool.tell(listener -> listener.refused(destination, why));
    waiter.failed(why);
  }

  // ---- connecting

  /** Begins connects for those who wait without one, as many as may be in progress. */
  private void plan() {
    if (shortage != null || isClosed) {
      return;
    }
    long now = now();
    int wanted = Math.min(queue.size(), endpoints.mostConnects(now));
    if (wanted == 0 && !queue.isEmpty() && attempts.isEmpty()) {
      waitForProbe(now);
    }
    while (attempts.size() < wanted) {
      ConnectAttempt<C> attempt = new ConnectAttempt<>(this);
      attempts.add(attempt);
      afterwards(attempt::start);
    }
  }

  /** All endpoints are down: who cannot wait until one is tried again, is told so now. */
  private void waitForProbe(long now) {
    long nanos = endpoints.nanosToProbe(now);
    Duration retryAfter = Duration.ofNanos(nanos);
    for (Waiter<C> waiter : queue.all()) {
      if (waiter.deadline.nanosLeft(now) < nanos) {
        queue.remove(waiter);
        IOException why =
            new ConnectFailedException(
                destination, "every endpoint is down", retryAfter, lastFailure);
        afterwards(() -> refuse(waiter, why));
      }
    }
    if (probeTimer != null) {
      probeTimer.cancel();
    }
    probeTimer = queue.isEmpty() ? null : pool.scheduler().schedule(this::planNow, retryAfter);
  }

  private void planNow() {
    lock.lock();
    try {
      plan();
    } finally {
      leave();
    }
  }

  /** The endpoints an attempt should try now, the best first; empty where it is not wanted. */
  List<EndpointPool<C>> endpointsFor(ConnectAttempt<C> attempt) {
    lock.lock();
    try {
      if (isClosed || attempts.size() > queue.size()) {
        ended(attempt);
        return List.of();
      }
      List<EndpointPool<C>> order = endpoints.toConnect(attempt.tried(), now(), pool.random());
      if (order.isEmpty()) {
        ended(attempt);
        plan();
      }
      return order;
    } finally {
      leave();
    }
  }

  /** Reserves a port to one of some endpoints; null where there is none. */
  @Nullable PortReservation reserve(List<EndpointPool<C>> to) {
    List<Route> routes = endpoints.routes(to);
    lock.lock();
    try {
      routes.removeIf(route -> !endpoints.of(route).isOpenable(route));
    } finally {
      leave();
    }
    return routes.isEmpty() ? null : ledger().tryReserve(routes);
  }

  /** An attempt has found no port: an idle connection anywhere will do, else all wait for one. */
  void noPort(ConnectAttempt<C> attempt) {
    List<Route> routes = endpoints.routes(endpoints.all());
    PortShortage<C> begun = null;
    lock.lock();
    try {
      ended(attempt);
      PooledConnection<C> idle = queue.isEmpty() ? null : takeIdle(endpoints.leastBusyIdle(), null);
      if (idle != null) {
        afterwards(() -> giveIfFit(idle));
      } else if (routes.isEmpty()) {
        failFirst(
            new ConnectFailedException(
                destination, "no source address can reach it", null, lastFailure));
      } else if (shortage == null && !queue.isEmpty() && !isClosed) {
        begun = new PortShortage<>(this, queue, routes);
        shortage = begun;
      }
    } finally {
      leave();
    }
    if (begun != null) {
      pool.tell(listener -> listener.exhausted(destination));
      pool.leaks().check();
      register(begun);
    }
  }

  private void register(PortShortage<C> begun) {
    begun.reconsider();
    PortReservation reservation = ledger().reserveOrWait(begun);
    if (reservation != null) {
      granted(begun, reservation);
      return;
    }
    lock.lock();
    try {
      if (shortage != begun) {
        afterwards(() -> ledger().withdraw(begun)); // it ended before it was registered
      }
    } finally {
      leave();
    }
  }

  /** The ledger has a port for whoever waits longest here. */
  void granted(PortShortage<C> demand, PortReservation reservation) {
    ConnectAttempt<C> attempt = new ConnectAttempt<>(this);
    lock.lock();
    try {
      if (shortage == demand) {
        shortage = null;
      }
      attempts.add(attempt);
      plan();
    } finally {
      leave();
    }
    attempt.connect(reservation);
  }

  private void endShortageIfIdle() {
    PortShortage<C> ended = shortage;
    if (ended != null && queue.isEmpty()) {
      shortage = null;
      afterwards(() -> ledger().withdraw(ended));
    }
  }

  /** A connect begins on a reserved port; null where nobody wants it any more. */
  @Nullable EndpointPool<C> connectBegins(ConnectAttempt<C> attempt, PortReservation reserved) {
    lock.lock();
    try {
      EndpointPool<C> endpoint = endpoints.of(reserved.route());
      if (isClosed || attempts.size() > queue.size() || !endpoint.health.mayConnect(now())) {
        ended(attempt);
        afterwards(() -> reserved.settle(Ending.ABANDONED));
        plan();
        return null;
      }
      endpoint.connectBegins(reserved.route());
      return endpoint;
    } finally {
      leave();
    }
  }

  /** A connection is there. */
  PooledConnection<C> connected(
      ConnectAttempt<C> attempt,
      EndpointPool<C> endpoint,
      C made,
      PortReservation reserved,
      long nanos) {
    PooledConnection<C> connection =
        new PooledConnection<>(this, endpoint, made, reserved, now() + pool.lifetimeNanos());
    counters.opened.increment();
    lock.lock();
    try {
      ended(attempt);
      endpoint.connectEnds(reserved.route());
      endpoint.health.succeeded();
      endpoint.opened();
      connections.add(connection);
      if (evictTimer == null) {
        evictTimer = pool.scheduler().schedule(this::evict, config.maxIdleTime());
      }
      if (isClosed) {
        close(connection, CloseMode.ORDERLY);
      } else {
        giveOrIdle(connection);
        plan();
      }
    } finally {
      leave();
    }
    noteScarcity(endpoint, reserved);
    pool.tell(listener -> listener.opened(destination, reserved.route(), Duration.ofNanos(nanos)));
    return connection;
  }

  private void noteScarcity(EndpointPool<C> endpoint, PortReservation reservation) {
    boolean isScarce = reservation.isAboveHighMark();
    boolean news;
    lock.lock();
    try {
      news = endpoint.scarce(reservation.route(), isScarce);
    } finally {
      leave();
    }
    if (news) {
      pool.tell(listener -> listener.highMark(reservation.route()));
    }
  }

  /** The kernel has refused a port: the attempt goes on with another one. */
  void portRefused(EndpointPool<C> endpoint, Route route, Throwable why) {
    counters.absorbed.increment();
    lock.lock();
    try {
      endpoint.connectEnds(route);
      endpoint.health.undecided();
    } finally {
      leave();
    }
    pool.tell(listener -> listener.absorbed(destination, route, why));
  }

  /**
   * A connect has failed: another endpoint is tried, or whoever waits first is told.
   *
   * @return whether the attempt should go on
   */
  boolean connectFailed(
      ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route, ConnectFailure failure) {
    counters.connectFailed.increment();
    pool.tell(listener -> listener.connectFailed(destination, route, failure.cause()));
    lock.lock();
    try {
      lastFailure = failure.cause();
      endpoint.connectEnds(route);
      if (failure.kind() == Kind.ENDPOINT) {
        endpoint.health.failed(now(), pool.random());
        if (!endpoints.toConnect(attempt.tried(), now(), pool.random()).isEmpty()) {
          return true;
        }
      } else {
        endpoint.health.undecided();
      }
      ended(attempt);
      failFirst(
          new ConnectFailedException(
              destination,
              "connect on " + route + " failed: " + failure.cause().getMessage(),
              null,
              failure.cause()));
      plan();
      return false;
    } finally {
      leave();
    }
  }

  private void failFirst(IOException why) {
    Waiter<C> first = queue.poll();
    if (first != null) {
      afterwards(() -> refuse(first, why));
      endShortageIfIdle();
    }
  }

  void connectCancelled(ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route) {
    lock.lock();
    try {
      endpoint.connectEnds(route);
      endpoint.health.undecided();
      ended(attempt);
    } finally {
      leave();
    }
  }

  private void ended(ConnectAttempt<C> attempt) {
    attempts.remove(attempt);
    completeIfDrained();
  }

  // ---- giving back

  /** Gives a connection that nobody uses to who waits first, or lets it idle. */
  private void giveOrIdle(PooledConnection<C> connection) {
    Waiter<C> first = queue.poll();
    if (first != null) {
      afterwards(() -> first.acquired(lend(connection, now() - first.since)));
      endShortageIfIdle();
      return;
    }
    connection.idleSince = now();
    connection.endpoint.move(connection, ConnectionState.IDLE);
    PooledConnection<C> oldest = connection.endpoint.idle.leastRecent();
    if (oldest != null && endpoints.idle() > config.maxIdlePerDestination()) {
      close(oldest, CloseMode.ORDERLY);
    }
  }

  private void giveIfFit(PooledConnection<C> idle) {
    boolean fit = isFit(idle);
    lock.lock();
    try {
      if (fit && idle.state == ConnectionState.LEASED) {
        giveOrIdle(idle);
      }
      plan();
    } finally {
      leave();
    }
  }

  /** The user is done with a connection. */
  void release(PooledConnection<C> connection) {
    pool.leaks().returned(connection);
    connector.onReturn(connection.connection);
    boolean keep =
        connector.isUsable(connection.connection)
            && !connection.isOld(now(), config.maxUses())
            && !isWantedByOthers(connection.reservation);
    lock.lock();
    try {
      if (connection.state != ConnectionState.LEASED) {
        return; // gone meanwhile
      }
      if (keep && !isClosed) {
        giveOrIdle(connection);
      } else {
        close(connection, CloseMode.ORDERLY);
        plan();
      }
    } finally {
      leave();
    }
  }

  /** Whether another destination or pool has waited long enough for this connection's port. */
  private boolean isWantedByOthers(PortReservation reservation) {
    if (!reservation.isWanted()) {
      return false;
    }
    PortShortage<C> own;
    long since;
    lock.lock();
    try {
      own = shortage;
      since = queue.isEmpty() ? now() + 1 : queue.headSince() - PATIENCE_NANOS;
    } finally {
      leave();
    }
    return reservation.claimForOthers(since, own);
  }

  /** The user, or a check, has found a connection unfit. */
  void discard(PooledConnection<C> connection) {
    pool.leaks().returned(connection);
    lock.lock();
    try {
      if (connection.state == ConnectionState.LEASED) {
        close(connection, CloseMode.ORDERLY);
        plan();
      }
    } finally {
      leave();
    }
  }

  /** A lease was lost. */
  void leaked(PooledConnection<C> connection, @Nullable Throwable place) {
    counters.leaked.increment();
    discard(connection);
    Route route = connection.reservation.route();
    pool.tell(listener -> listener.leaked(destination, route, place));
  }

  /** Closes a connection: reset, where the mode or scarce ports ask for it. */
  private void close(PooledConnection<C> connection, CloseMode mode) {
    connection.endpoint.move(connection, ConnectionState.CLOSING);
    afterwards(
        () ->
            connector.close(
                connection.connection,
                connection.reservation.isAboveHighMark() ? CloseMode.RESET : mode));
  }

  /** The connector says that a connection carries no further request. */
  void connectionClosed(PooledConnection<C> connection) {
    lock.lock();
    try {
      if (connection.state == ConnectionState.CLOSED) {
        return;
      }
      connection.endpoint.move(connection, ConnectionState.CLOSED);
      connections.remove(connection);
      plan();
      completeIfDrained();
    } finally {
      leave();
    }
    noteScarcity(connection.endpoint, connection.reservation);
    pool.tell(listener -> listener.closed(destination, connection.reservation.route()));
  }

  // ---- idle connections

  /** Since when the longest idle connection on a route idles. */
  OptionalLong idleSince(Route route) {
    lock.lock();
    try {
      PooledConnection<C> oldest = endpoints.of(route).longestIdle(route);
      return oldest == null ? OptionalLong.empty() : OptionalLong.of(oldest.idleSince);
    } finally {
      leave();
    }
  }

  /** Closes the longest idle connection on a route; false where there is none. */
  boolean giveUp(Route route) {
    lock.lock();
    try {
      PooledConnection<C> oldest = endpoints.of(route).longestIdle(route);
      if (oldest != null) {
        close(oldest, CloseMode.RESET);
      }
      return oldest != null;
    } finally {
      leave();
    }
  }

  private void evict() {
    boolean isUnused;
    pool.leaks().check();
    lock.lock();
    try {
      long now = now();
      long next = config.maxIdleTime().toNanos();
      for (EndpointPool<C> endpoint : endpoints.all()) {
        PooledConnection<C> each = endpoint.idle.leastRecent();
        while (each != null) {
          PooledConnection<C> newer = each.newer;
          long left =
              Math.min(each.idleSince + config.maxIdleTime().toNanos() - now, each.endOfLife - now);
          if (left <= 0) {
            close(each, CloseMode.ORDERLY);
          } else {
            next = Math.min(next, left);
          }
          each = newer;
        }
      }
      // Not more often than ten times per idle time: a look costs a walk over all idle ones.
      long wake = Math.max(next, config.maxIdleTime().toNanos() / 10);
      isUnused = connections.isEmpty() && attempts.isEmpty() && queue.isEmpty();
      evictTimer = isUnused ? null : pool.scheduler().schedule(this::evict, Duration.ofNanos(wake));
      isClosed |= isUnused;
    } finally {
      leave();
    }
    if (isUnused) {
      pool.forget(this);
    }
  }

  // ---- closing and looking

  /** Refuses and closes what is not in use. */
  void close() {
    lock.lock();
    try {
      isClosed = true;
      for (Waiter<C> waiter : queue.all()) {
        queue.remove(waiter);
        afterwards(() -> refuse(waiter, new PoolClosedException(destination)));
      }
      endShortageIfIdle();
      List.copyOf(attempts).forEach(attempt -> afterwards(attempt::cancel));
      closeAll(ConnectionState.IDLE, CloseMode.ORDERLY);
      if (evictTimer != null) {
        evictTimer.cancel();
      }
      completeIfDrained();
    } finally {
      leave();
    }
  }

  /** Completes when it is closed and nothing is left of it. */
  CompletableFuture<Void> drained() {
    return drained;
  }

  /** Closes what is still in use. */
  void closeHard() {
    lock.lock();
    try {
      closeAll(ConnectionState.LEASED, CloseMode.RESET);
    } finally {
      leave();
    }
  }

  private void closeAll(ConnectionState state, CloseMode mode) {
    for (PooledConnection<C> connection : List.copyOf(connections)) {
      if (connection.state == state) {
        close(connection, mode);
      }
    }
  }

  private void completeIfDrained() {
    if (isClosed && connections.isEmpty() && attempts.isEmpty()) {
      afterwards(() -> drained.complete(null));
    }
  }

  DestinationSnapshot snapshot() {
    lock.lock();
    try {
      return new DestinationSnapshot(
          destination,
          endpoints.all().stream().map(EndpointPool::snapshot).toList(),
          queue.size(),
          counters.read());
    } finally {
      leave();
    }
  }

  Destination destination() {
    return destination;
  }

  PoolConfig config() {
    return config;
  }

  Connector<C> connector() {
    return connector;
  }

  PortLedger ledger() {
    return connector.ledger();
  }

  long now() {
    return pool.now();
  }

  private void afterwards(Runnable done) {
    if (afterwards == null) {
      afterwards = new ArrayList<>(2);
    }
    afterwards.add(done);
  }

  /** Leaves the lock, and only then does what is to be done outside. */
  private void leave() {
    List<Runnable> collected = afterwards;
    afterwards = null;
    lock.unlock();
    if (collected != null) {
      collected.forEach(Runnable::run);
    }
  }
}
