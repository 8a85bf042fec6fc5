package io.fourtuple.pool;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Lets the endpoints of a name race (RFC 8305, section 5): where a connect has not succeeded for a
 * while, another one is begun for the same caller, to another endpoint, and the first that stands
 * serves whoever waits first. Guarded by the destination's section.
 */
final class Races<C> {
  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final Duration delay;
  private final long pause;

  Races(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.section = owner.section();
    this.endpoints = owner.endpoints();
    this.delay = pool.config().connectionAttemptDelay();
    this.pause = pool.config().longestBackOff().toNanos();
  }

  /** A connect begins, of which the endpoint's health has said something. Inside. */
  void begins(ConnectAttempt<C> attempt, EndpointPool<C> endpoint, int begun) {
    attempt.underWay.put(endpoint, begun);
    endpoint.outrun.connectBegins(pool.now() + pause);
    lookLater(attempt);
  }

  /** A connect is over; returns what was said when it began. Inside. */
  int ends(ConnectAttempt<C> attempt, EndpointPool<C> endpoint) {
    Integer begun = attempt.underWay.remove(endpoint);
    if (attempt.underWay.isEmpty()) {
      stop(attempt);
    }
    return Objects.requireNonNull(begun, "a connect has ended that had not begun");
  }

  /** The same, and it has succeeded: those to other endpoints that were begun before are slow. */
  @SuppressWarnings("ReferenceEquality") // the very same endpoint
  int won(ConnectAttempt<C> attempt, EndpointPool<C> endpoint) {
    endpoints.worked(endpoint);
    for (EndpointPool<C> other : attempt.underWay.keySet()) {
      if (other == endpoint) {
        break;
      }
      other.outrun.by(pool.now() + pause);
    }
    return ends(attempt, endpoint);
  }

  private void lookLater(ConnectAttempt<C> attempt) {
    stop(attempt);
    if (owner.destination().isNamed() && !attempt.warmsUp && endpoints.all().size() > 1) {
      attempt.raceTimer = pool.scheduler().schedule(attempt::race, delay);
    }
  }

  /** No further connect is begun beside. Inside. */
  void stop(ConnectAttempt<C> attempt) {
    if (attempt.raceTimer != null) {
      attempt.raceTimer.cancel();
      attempt.raceTimer = null;
    }
  }

  /** Where else to connect to now, in the order in which to look for a port; empty for nowhere. */
  List<List<EndpointPool<C>>> order(ConnectAttempt<C> attempt) {
    section.enter();
    try {
      if (owner.isClosed()
          || attempt.underWay.isEmpty()
          || !owner.connecting().isCurrent(attempt)) {
        return List.of();
      }
      List<List<EndpointPool<C>>> order =
          endpoints.toRace(attempt.tried, attempt.underWay.keySet(), pool.now());
      if (order.isEmpty()) {
        return List.of(); // all are in the race
      }
      lookLater(attempt);
      boolean mayBegin =
          owner.connecting().isWanted(attempt) && owner.connecting().shortage() == null;
      return mayBegin ? order : List.of();
    } finally {
      section.leave();
    }
  }
}
