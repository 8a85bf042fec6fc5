package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Route;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a destination, and which of them comes next. Needs the destination's lock,
 * except where said.
 */
final class Endpoints<C> {
  private final Connections<C> connections;
  private final Connector<C> connector;
  private final PoolConfig config;

  /** Those that leave, too. */
  private final Map<Endpoint, EndpointPool<C>> byEndpoint = new LinkedHashMap<>();

  private volatile List<EndpointPool<C>> all = List.of();

  /** Whether a connect has worked since a name was resolved first. */
  private boolean hasWorked;

  Endpoints(
      Destination destination,
      Connections<C> connections,
      Connector<C> connector,
      PoolConfig config) {
    this.connections = connections;
    this.connector = connector;
    this.config = config;
    hasWorked = !destination.isNamed();
    become(destination.endpoints());
  }

  /**
   * Those stand for the destination from now on, others leave; one that was leaving is taken again.
   *
   * @return whether any has come or left
   */
  boolean become(List<Endpoint> next) {
    List<EndpointPool<C>> before = all;
    List<EndpointPool<C>> now = new ArrayList<>(next.size());
    for (Endpoint endpoint : next) {
      now.add(
          byEndpoint.computeIfAbsent(endpoint, e -> new EndpointPool<>(connections, e, config)));
    }
    for (EndpointPool<C> endpoint : byEndpoint.values()) {
      endpoint.isLeaving = !now.contains(endpoint);
    }
    all = List.copyOf(now);
    return now.size() != before.size() || !now.containsAll(before);
  }

  /** Those that connections can be opened to; never changed, so it may be read without the lock. */
  List<EndpointPool<C>> all() {
    return all;
  }

  /** Those that may still have connections, but get no new ones. */
  List<EndpointPool<C>> leaving() {
    return byEndpoint.values().stream().filter(endpoint -> endpoint.isLeaving).toList();
  }

  /** All that are known, those that leave included. */
  List<Endpoint> known() {
    return List.copyOf(byEndpoint.keySet());
  }

  /** One that leaves has nothing left. */
  void forget(EndpointPool<C> endpoint) {
    byEndpoint.remove(endpoint.endpoint);
  }

  /** How they stand, given the connections that lie on shelves. */
  List<EndpointSnapshot> snapshot(List<PooledConnection<C>> onShelves) {
    List<EndpointPool<C>> known = new ArrayList<>(all);
    known.addAll(leaving());
    List<EndpointSnapshot> snapshots = new ArrayList<>(known.size());
    for (EndpointPool<C> endpoint : known) {
      int here = 0;
      for (PooledConnection<C> idle : onShelves) {
        here += idle.endpoint == endpoint ? 1 : 0;
      }
      snapshots.add(endpoint.snapshot(here));
    }
    return snapshots;
  }

  /** One that is known, even if it leaves; null for none. */
  @Nullable EndpointPool<C> find(Endpoint endpoint) {
    return byEndpoint.get(endpoint);
  }

  /** One that is known, even if it leaves. */
  EndpointPool<C> of(Endpoint endpoint) {
    EndpointPool<C> found = find(endpoint);
    if (found == null) {
      throw new IllegalArgumentException("not an endpoint of this destination: " + endpoint);
    }
    return found;
  }

  /** Whether another connect may begin on a route; not where its endpoint has left. */
  boolean mayConnect(Route route, long now) {
    EndpointPool<C> endpoint = find(route.endpoint());
    return endpoint != null && !endpoint.isLeaving && endpoint.mayConnect(route, now);
  }

  /** An endpoint with an idle connection: power of two choices among those; null for none. */
  @Nullable EndpointPool<C> withIdle(RandomGenerator random) {
    if (all.isEmpty()) {
      return null; // its name is not resolved yet
    }
    return better(idleFrom(random.nextInt(all.size())), idleFrom(random.nextInt(all.size())));
  }

  private @Nullable EndpointPool<C> idleFrom(int start) {
    for (int i = 0; i < all.size(); i++) {
      EndpointPool<C> endpoint = all.get((start + i) % all.size());
      if (endpoint.hasIdle()) {
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
   * power of two choices; then all others together, except those that start slowly or were outrun,
   * which come last because they have the most free ports of all.
   */
  List<List<EndpointPool<C>>> toConnect(
      Collection<EndpointPool<C>> except, long now, RandomGenerator random) {
    List<EndpointPool<C>> rest = without(except, now);
    if (rest.size() <= 1) {
      return rest.isEmpty() ? List.of() : List.of(rest);
    }
    List<EndpointPool<C>> first = firstChoices(rest, now);
    EndpointPool<C> one = drawn(first, now, random);
    EndpointPool<C> other = drawn(first, now, random);
    EndpointPool<C> best = one.load(now) <= other.load(now) ? one : other;
    rest.remove(best);
    List<EndpointPool<C>> slow = new ArrayList<>(0);
    for (EndpointPool<C> endpoint : rest) {
      if (endpoint.health.weight(now) < 1 || endpoint.outrun.isSo(now)) {
        slow.add(endpoint);
      }
    }
    rest.removeAll(slow);
    List<List<EndpointPool<C>>> stages = new ArrayList<>(List.of(List.of(best), rest, slow));
    stages.removeIf(List::isEmpty);
    return stages;
  }

  private List<EndpointPool<C>> without(Collection<EndpointPool<C>> except, long now) {
    List<EndpointPool<C>> rest = new ArrayList<>(all.size());
    for (EndpointPool<C> endpoint : all) {
      if (!except.contains(endpoint) && endpoint.health.mayConnect(now)) {
        rest.add(endpoint);
      }
    }
    return rest;
  }

  /**
   * Those of some that were not outrun, and of the first one's family until a connect has worked;
   * all where there are none.
   */
  private List<EndpointPool<C>> firstChoices(List<EndpointPool<C>> of, long now) {
    List<EndpointPool<C>> first = new ArrayList<>(of);
    first.removeIf(endpoint -> endpoint.outrun.isSo(now));
    if (first.isEmpty()) {
      return of;
    }
    if (!hasWorked) {
      EndpointPool<C> preferred = first.get(0);
      first.removeIf(endpoint -> !endpoint.isOfFamily(preferred));
    }
    return first;
  }

  /** A connect has succeeded. */
  void worked(EndpointPool<C> endpoint) {
    hasWorked = true;
    endpoint.outrun.connected();
  }

  /**
   * Those that may be connected to while connects to others are under way, in the order in which to
   * look for a port: those of the other family than the last of these first.
   */
  List<List<EndpointPool<C>>> toRace(
      List<EndpointPool<C>> tried, Collection<EndpointPool<C>> underWay, long now) {
    List<EndpointPool<C>> same = without(tried, now);
    same.removeAll(underWay);
    EndpointPool<C> last = List.copyOf(underWay).get(underWay.size() - 1);
    List<EndpointPool<C>> other = new ArrayList<>(same);
    other.removeIf(endpoint -> endpoint.isOfFamily(last));
    same.removeAll(other);
    List<List<EndpointPool<C>>> stages = new ArrayList<>(List.of(other, same));
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
