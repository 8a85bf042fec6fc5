package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a destination, and which of them comes next. Needs the destination's lock,
 * except where said.
 */
final class Endpoints<C> {
  private final List<EndpointPool<C>> all = new ArrayList<>();
  private final Map<Endpoint, EndpointPool<C>> byEndpoint = new HashMap<>();
  private final Connector<C> connector;

  Endpoints(
      Destination destination,
      Connections<C> connections,
      Connector<C> connector,
      PoolConfig config) {
    this.connector = connector;
    for (Endpoint endpoint : destination.endpoints()) {
      EndpointPool<C> pool = new EndpointPool<>(connections, endpoint, config);
      all.add(pool);
      byEndpoint.put(endpoint, pool);
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

  EndpointPool<C> of(Route route) {
    EndpointPool<C> found = byEndpoint.get(route.endpoint());
    if (found == null) {
      throw new IllegalArgumentException("not a route of this destination: " + route);
    }
    return found;
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

  /**
   * Those that may be connected to, except some, in the order in which to look for a port: one by
   * power of two choices; then all others together, except those that start slowly, which come last
   * because they have the most free ports of all.
   */
  List<List<EndpointPool<C>>> toConnect(
      Collection<EndpointPool<C>> except, long now, RandomGenerator random) {
    List<EndpointPool<C>> rest = new ArrayList<>(all.size());
    for (EndpointPool<C> endpoint : all) {
      if (!except.contains(endpoint) && endpoint.health.mayConnect(now)) {
        rest.add(endpoint);
      }
    }
    if (rest.size() <= 1) {
      return rest.isEmpty() ? List.of() : List.of(rest);
    }
    EndpointPool<C> one = drawn(rest, now, random);
    EndpointPool<C> other = drawn(rest, now, random);
    EndpointPool<C> best = one.load(now) <= other.load(now) ? one : other;
    rest.remove(best);
    List<EndpointPool<C>> slow = new ArrayList<>(0);
    for (EndpointPool<C> endpoint : rest) {
      if (endpoint.health.weight(now) < 1) {
        slow.add(endpoint);
      }
    }
    rest.removeAll(slow);
    List<List<EndpointPool<C>>> stages = new ArrayList<>(List.of(List.of(best), rest, slow));
    stages.removeIf(List::isEmpty);
    return stages;
  }

  /**
   * Those that may be connected to ahead of callers, one after another: those with the fewest
   * connections first, where one that starts slowly counts as if it had more.
   */
  List<List<EndpointPool<C>>> toWarmUp(long now) {
    return all.stream()
        .filter(endpoint -> endpoint.health.mayConnect(now))
        .sorted(Comparator.comparingDouble(endpoint -> endpoint.fullness(now)))
        .map(List::of)
        .toList();
  }

  /** Whether any may be connected to. */
  boolean canConnect(long now) {
    for (EndpointPool<C> endpoint : all) {
      if (endpoint.health.mayConnect(now)) {
        return true;
      }
    }
    return false;
  }

  /** One of some endpoints at random, each as often as its weight says. */
  private static <C> EndpointPool<C> drawn(
      List<EndpointPool<C>> from, long now, RandomGenerator random) {
    double sum = 0;
    for (EndpointPool<C> endpoint : from) {
      sum += endpoint.health.weight(now);
    }
    double left = random.nextDouble() * sum;
    for (EndpointPool<C> endpoint : from) {
      left -= endpoint.health.weight(now);
      if (left < 0) {
        return endpoint;
      }
    }
    return from.get(from.size() - 1); // what rounding has left
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
