package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a destination, and which of them comes next. Needs the destination's lock,
 * except where said.
 */
final class Endpoints<C> {
  private final List<EndpointPool<C>> all = new ArrayList<>();
  private final Connector<C> connector;

  Endpoints(Destination destination, Connector<C> connector, PoolConfig config) {
    this.connector = connector;
    for (Endpoint endpoint : destination.endpoints()) {
      all.add(new EndpointPool<>(endpoint, config));
    }
  }

  List<EndpointPool<C>> all() {
    return all;
  }

  /** How they stand, given the connections that lie on shelves. */
  List<EndpointSnapshot> snapshot(List<PooledConnection<C>> onShelves) {
    List<EndpointSnapshot> snapshots = new ArrayList<>(all.size());
    for (EndpointPool<C> endpoint : all) {
      int here = 0;
      for (PooledConnection<C> idle : onShelves) {
        here += idle.endpoint == endpoint ? 1 : 0;
      }
      snapshots.add(endpoint.snapshot(here));
    }
    return snapshots;
  }

  /** Idle connections in all, but for those on shelves. */
  int idle() {
    int idle = 0;
    for (EndpointPool<C> endpoint : all) {
      idle += endpoint.idle.size();
    }
    return idle;
  }

  EndpointPool<C> of(Route route) {
    for (EndpointPool<C> endpoint : all) {
      if (endpoint.endpoint.equals(route.endpoint())) {
        return endpoint;
      }
    }
    throw new IllegalArgumentException("not a route of this destination: " + route);
  }

  /** An endpoint with an idle connection: power of two choices among those; null for none. */
  @Nullable EndpointPool<C> withIdle(RandomGenerator random) {
    return better(idleFrom(random.nextInt(all.size())), idleFrom(random.nextInt(all.size())));
  }

  private @Nullable EndpointPool<C> idleFrom(int start) {
    for (int i = 0; i < all.size(); i++) {
      EndpointPool<C> endpoint = all.get((start + i) % all.size());
      if (endpoint.idle.size() > 0) {
        return endpoint;
      }
    }
    return null;
  }

  private static <C> @Nullable EndpointPool<C> better(
      @Nullable EndpointPool<C> one, @Nullable EndpointPool<C> other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.outstanding() <= other.outstanding() ? one : other;
  }

  /** Those that may be connected to, except some; the first by power of two choices. */
  List<EndpointPool<C>> toConnect(
      Collection<EndpointPool<C>> except, long now, RandomGenerator random) {
    List<EndpointPool<C>> order = new ArrayList<>(all.size());
    for (EndpointPool<C> endpoint : all) {
      if (!except.contains(endpoint) && endpoint.health.mayConnect(now)) {
        order.add(endpoint);
      }
    }
    if (order.size() > 1) {
      int one = random.nextInt(order.size());
      int other = random.nextInt(order.size());
      int best = order.get(one).outstanding() <= order.get(other).outstanding() ? one : other;
      order.add(0, order.remove(best));
    }
    return order;
  }

  /** How many connects may be in progress now; 0 where every endpoint is down. */
  long mostConnects(long now) {
    long most = 0;
    for (EndpointPool<C> endpoint : all) {
      if (endpoint.health.isDown()) {
        most += endpoint.health.mayConnect(now) ? 1 : 0;
      } else {
        most += endpoint.mostConnects();
      }
    }
    return most;
  }

  /**
   * Nanoseconds until the first endpoint that is left alone now is tried again; MAX_VALUE for none.
   */
  long nanosToProbe(long now) {
    long nanos = Long.MAX_VALUE;
    for (EndpointPool<C> endpoint : all) {
      if (!endpoint.health.mayConnect(now)) { // else it waits for nothing, or for a port
        nanos = Math.min(nanos, endpoint.health.nanosToProbe(now));
      }
    }
    return nanos;
  }

  /** The routes to some endpoints, as they are now. To be called without the lock. */
  List<Route> routes(Collection<EndpointPool<C>> to) {
    List<Route> found = new ArrayList<>();
    for (EndpointPool<C> endpoint : to) {
      found.addAll(endpoint.routes(connector.sources(endpoint.endpoint)));
    }
    return found;
  }
}
