package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The connections of one destination to one endpoint. Needs the destination's lock. */
final class EndpointPool<C> {
  /** How many of the most recently used are looked at for one on the caller's own event loop. */
  private static final int AFFINITY_LOOKS = 8;

  /** All of the destination's, whose lock guards this. */
  final Connections<C> connections;

  final Endpoint endpoint;
  final EndpointHealth health;
  final Outrun outrun = new Outrun();
  final IdleList<C> idle = new IdleList<>();
  private final int maxConnectingPerRoute;
  private final Map<Route, RouteUse> uses = new HashMap<>();
  private volatile Routes routes = new Routes(List.of(), List.of());
  private int open;
  private int leased;
  private int connecting;

  /** It does not stand for the destination any more: what is here comes to its end. */
  boolean isLeaving;

  /** What this destination does on one route. */
  private static final class RouteUse {
    int idle;
    int connecting;
    boolean isScarce;
    boolean isExhausted;
    boolean isResting;
  }

  private record Routes(List<SourceAddress> sources, List<Route> list) {}

  EndpointPool(Connections<C> connections, Endpoint endpoint, PoolConfig config) {
    this.connections = connections;
    this.endpoint = endpoint;
    this.maxConnectingPerRoute = config.maxConnectingPerRoute();
    this.health = new EndpointHealth(config);
  }

  /** Whether the addresses of both are IPv6, or of both IPv4. */
  boolean isOfFamily(EndpointPool<C> other) {
    return endpoint.address().getClass() == other.endpoint.address().getClass();
  }

  /** The routes that lead here; the same list as long as the sources are. Needs no lock. */
  List<Route> routes(List<SourceAddress> sources) {
    Routes known = routes;
    if (!known.sources.equals(sources)) {
      known = new Routes(sources, sources.stream().map(from -> new Route(from, endpoint)).toList());
      routes = known;
    }
    return known.list;
  }

  /** Whether another connect may begin on a route. */
  boolean mayConnect(Route route, long now) {
    return use(route).connecting < maxConnectingPerRoute && health.mayConnect(now);
  }

  /** How many connects may be in progress at a time, as far as the routes are known. */
  long mostConnects() {
    return (long) maxConnectingPerRoute * Math.max(1, routes.list.size());
  }

  private RouteUse use(Route route) {
    return uses.computeIfAbsent(route, r -> new RouteUse());
  }

  /**
   * Work that is not done: what endpoints are compared by. Connections on shelves count, for their
   * threads are about to use them again.
   */
  int outstanding() {
    return leased + connecting;
  }

  /** The same for its weight, as if it had one piece of work more. */
  double load(long now) {
    return (outstanding() + 1) / health.weight(now);
  }

  /** Connections and connects in all, and one more, for its weight. */
  double fullness(long now) {
    return (idle.size() + outstanding() + 1) / health.weight(now);
  }

  /** Notes whether a route is above its high mark; returns true where it has just got there. */
  boolean scarce(Route route, boolean now) {
    RouteUse use = use(route);
    boolean news = now && !use.isScarce;
    use.isScarce = now;
    return news;
  }

  /** Notes whether a route has no port for us; returns true where that is news. */
  boolean exhausted(Route route, boolean now) {
    RouteUse use = use(route);
    boolean news = now && !use.isExhausted;
    use.isExhausted = now;
    return news;
  }

  /** Notes whether a route rests after refusals; returns true where that is news. */
  boolean resting(Route route, boolean now) {
    RouteUse use = use(route);
    boolean news = now && !use.isResting;
    use.isResting = now;
    return news;
  }

  /** Returns what {@link #health} is to be told when the connect ends. */
  int connectBegins(Route route) {
    connecting++;
    use(route).connecting++;
    return health.begins();
  }

  void connectEnds(Route route) {
    connecting--;
    use(route).connecting--;
  }

  /** A connection has been made; it begins leased, and is given away or put back at once. */
  void opened() {
    open++;
    leased++;
  }

  /** Whether there is no connection, not even one that is being opened or closed. */
  boolean isUnused() {
    return open == 0 && connecting == 0;
  }

  /** The one place where the state of a connection changes, and the counts with it. */
  void move(PooledConnection<C> connection, ConnectionState next) {
    ConnectionState now = connection.state;
    if (!now.canBecome(next)) {
      throw new IllegalStateException(
          connection.reservation + ": " + now + " -> " + next + " is not a legal move");
    }
    connection.state = next;
    open -= next == ConnectionState.CLOSED ? 1 : 0;
    if (now == ConnectionState.IDLE) {
      idle.remove(connection);
      connections.listed--;
      use(connection.reservation.route()).idle--;
    } else if (now == ConnectionState.LEASED) {
      leased--;
    }
    if (next == ConnectionState.IDLE) {
      idle.addMostRecent(connection);
      connections.listed++;
      use(connection.reservation.route()).idle++;
    } else if (next == ConnectionState.LEASED) {
      leased++;
    }
  }

  /** The most recently used idle connection, one with the given affinity first; null for none. */
  @SuppressWarnings("ReferenceEquality") // as Connector.affinity says
  @Nullable PooledConnection<C> peekIdle(@Nullable Object affinity) {
    PooledConnection<C> candidate = affinity == null ? null : idle.mostRecent();
    for (int looks = 0; candidate != null && looks < AFFINITY_LOOKS; looks++) {
      if (candidate.affinity == affinity && candidate.maxLeases() > 0) {
        return candidate;
      }
      candidate = candidate.older;
    }
    return mostRecent();
  }

  /** The most recently used idle connection that can carry a lease; null for none. */
  private @Nullable PooledConnection<C> mostRecent() {
    PooledConnection<C> candidate = idle.mostRecent();
    while (candidate != null && candidate.maxLeases() == 0) {
      candidate = candidate.older;
    }
    return candidate;
  }

  /** Whether there is an idle connection that can carry a lease. */
  boolean hasIdle() {
    return mostRecent() != null;
  }

  /** The longest idle connection on a route; null for none. */
  @Nullable PooledConnection<C> longestIdle(Route route) {
    RouteUse use = uses.get(route);
    if (use == null || use.idle == 0) {
      return null;
    }
    PooledConnection<C> candidate = idle.leastRecent();
    while (candidate != null && !candidate.reservation.route().equals(route)) {
      candidate = candidate.newer;
    }
    return candidate;
  }

  /**
   * How it stands.
   *
   * @param onShelves connections that idle although they count as leased here
   */
  EndpointSnapshot snapshot(int onShelves) {
    int inUse = leased - onShelves;
    return new EndpointSnapshot(
        endpoint,
        idle.size() + onShelves,
        inUse,
        inUse + connections.sharing().further(this),
        connecting,
        health.failures(),
        health.isDown(),
        isLeaving);
  }
}
