package io.fourtuple.pool;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the attempts of a destination look for a port, and whether they still want it when they
 * have got one. Guarded by the destination's section.
 */
final class PortSearch<C> {
  private final Connecting<C> connecting;
  private final ConnectionPool<C> pool;
  private final PortLedger ledger;
  private final Section section;
  private final Endpoints<C> endpoints;

  PortSearch(DestinationPool<C> owner, Connecting<C> connecting, ConnectionPool<C> pool) {
    this.connecting = connecting;
    this.pool = pool;
    this.ledger = pool.connector().ledger();
    this.section = owner.section();
    this.endpoints = owner.endpoints();
  }

  /** Where an attempt should look for a port, one after another; empty where it is not wanted. */
  List<List<EndpointPool<C>>> endpointsFor(ConnectAttempt<C> attempt) {
    section.enter();
    try {
      boolean waitsForPort = !attempt.warmsUp && connecting.shortages().isEverywhere();
      if (!connecting.isWanted(attempt) || waitsForPort) {
        connecting.ended(attempt);
        return List.of();
      }
      long now = pool.now();
      List<List<EndpointPool<C>>> order =
          attempt.warmsUp
              ? endpoints.toWarmUp(now)
              : endpoints.toConnect(notAgain(attempt), now, pool.random());
      if (order.isEmpty()) {
        connecting.ended(attempt);
        connecting.plan();
      }
      return order;
    } finally {
      section.leave();
    }
  }

  /** Endpoints that an attempt has tried, or is about to. */
  private static <C> List<EndpointPool<C>> notAgain(ConnectAttempt<C> attempt) {
    List<EndpointPool<C>> known = new ArrayList<>(attempt.tried);
    known.addAll(attempt.underWay.keySet());
    return known;
  }

  /** Reserves a port to one of some endpoints; null where there is none. */
  @Nullable PortReservation reserve(ConnectAttempt<C> attempt, List<EndpointPool<C>> to) {
    List<Route> routes = endpoints.routes(to);
    section.enter();
    try {
      long now = pool.now();
      routes.removeIf(route -> !endpoints.mayConnect(route, now));
    } finally {
      section.leave();
    }
    if (attempt.warmsUp) {
      return connecting.warmUp().reserve(routes);
    }
    return routes.isEmpty() ? null : ledger.tryReserve(routes);
  }

  /** A connect begins on a reserved port; null where nobody wants it any more. */
  @Nullable EndpointPool<C> begins(ConnectAttempt<C> attempt, PortReservation reserved) {
    section.enter();
    try {
      Route route = reserved.route();
      EndpointPool<C> endpoint = endpoints.find(route.endpoint());
      if (endpoint == null
          || !connecting.isWanted(attempt)
          || !mayBegin(attempt, endpoint, route)) {
        connecting.ended(attempt);
        section.afterwards(() -> reserved.settle(Ending.ABANDONED));
        connecting.plan();
        return null;
      }
      connecting.connectBegins(attempt, endpoint, route);
      return endpoint;
    } finally {
      section.leave();
    }
  }

  private boolean mayBegin(ConnectAttempt<C> attempt, EndpointPool<C> endpoint, Route route) {
    long now = pool.now();
    boolean isBeside = !attempt.underWay.isEmpty(); // then nothing else bounds how many there are
    return !endpoint.isLeaving
        && !attempt.underWay.containsKey(endpoint) // begun while this one looked for a port
        && (isBeside ? endpoint.mayConnect(route, now) : endpoint.health.mayConnect(now));
  }

  /** Whether there is an endpoint that an attempt has not tried yet. Inside. */
  boolean hasMore(ConnectAttempt<C> attempt) {
    return !endpoints.toConnect(notAgain(attempt), pool.now(), pool.random()).isEmpty();
  }
}
