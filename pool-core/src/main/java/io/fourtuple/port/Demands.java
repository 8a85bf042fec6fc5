package io.fourtuple.port;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for a port, by route. A freed port goes to the one that waits longest; an idle
 * connection that is asked for is promised to one demand, so that one demand does not cost several
 * connections. Needs the ledger's lock.
 */
final class Demands {
  /** After this time without a port a promise counts as broken: the default close time-out. */
  private static final long PROMISE_MILLIS = 1_000;

  /** A registered demand. */
  static final class Entry {
    final PortDemand demand;
    final List<RoutePorts> routes;
    private long promisedUntil = Long.MIN_VALUE;
    private long since;

    Entry(PortDemand demand, List<RoutePorts> routes) {
      this.demand = demand;
      this.routes = routes;
      this.since = demand.waitingSince();
    }

    /** What the demand says; where it fails to, what it said last, for others wait here too. */
    long waitingSince() {
      try {
        since = demand.waitingSince();
      } catch (RuntimeException e) {
        // Its own fault, and its own loss: it waits on in its old place.
      }
      return since;
    }

    private int callers() {
      try {
        return demand.waiting();
      } catch (RuntimeException e) {
        return 1;
      }
    }

    boolean isPromised(long now) {
      return now < promisedUntil;
    }

    /** A connection is being given up for this demand, or one was looked for. */
    void promise(long now) {
      promisedUntil = now + PROMISE_MILLIS;
    }

    /** Where it waits, each once. */
    private Set<RoutePorts> places() {
      return new LinkedHashSet<>(routes);
    }

    /** The caps that it waits for. */
    private Set<CapSlots> caps() {
      Set<CapSlots> caps = new LinkedHashSet<>();
      for (RoutePorts ports : routes) {
        if (ports.cap != null) {
          caps.add(ports.cap);
        }
      }
      return caps;
    }
  }

  private final RandomGenerator random;
  private final IdentityHashMap<PortDemand, Entry> entries = new IdentityHashMap<>();
  private final Map<RoutePorts, List<Entry>> byRoute = new LinkedHashMap<>();

  Demands(RandomGenerator random) {
    this.random = random;
  }

  void add(Entry entry) {
    if (entries.putIfAbsent(entry.demand, entry) != null) {
      throw new IllegalStateException("demand is registered already: " + entry.demand);
    }
    for (RoutePorts route : entry.places()) {
      List<Entry> waiting = byRoute.computeIfAbsent(route, r -> new ArrayList<>());
      waiting.add(entry);
      route.waiting = waiting.size();
    }
    entry.caps().forEach(cap -> cap.waits(1));
  }

  boolean remove(PortDemand demand) {
    Entry entry = entries.remove(demand);
    if (entry == null) {
      return false;
    }
    entry.caps().forEach(cap -> cap.waits(-1));
    for (RoutePorts route : entry.places()) {
      List<Entry> waiting = byRoute.getOrDefault(route, List.of());
      waiting.remove(entry);
      route.waiting = waiting.size();
      if (waiting.isEmpty()) {
        byRoute.remove(route);
      }
    }
    return true;
  }

  /** Who waits longest for a port of a route; null for nobody. */
  @Nullable Entry longest(RoutePorts route) {
    Entry longest = null;
    for (Entry entry : byRoute.getOrDefault(route, List.of())) {
      if (longest == null || entry.waitingSince() - longest.waitingSince() < 0) {
        longest = entry;
      }
    }
    return longest;
  }

  /** The one of some routes on which somebody waits longest; null where nobody does. */
  @Nullable RoutePorts longestWaiting(List<RoutePorts> routes) {
    if (routes.size() == 1) { // as without a cap
      return byRoute.containsKey(routes.get(0)) ? routes.get(0) : null;
    }
    RoutePorts found = null;
    long since = 0;
    for (RoutePorts route : routes) {
      Entry longest = longest(route);
      if (longest != null && (found == null || longest.since - since < 0)) {
        found = route;
        since = longest.since;
      }
    }
    return found;
  }

  /**
   * Who waits longest on some routes, since before a tick and without a promise. One whose last
   * caller has left is about to be withdrawn, and worth no connection.
   */
  @Nullable Entry unpromised(
      List<RoutePorts> routes, long since, @Nullable PortDemand except, long now) {
    Entry own = except == null ? null : entries.get(except);
    long before = since;
    Entry longest = null;
    for (RoutePorts route : routes) {
      for (Entry entry : byRoute.getOrDefault(route, List.of())) {
        long waits = entry.waitingSince();
        boolean mayClaim = entry != own && !entry.isPromised(now) && waits - before < 0;
        if (mayClaim && entry.callers() > 0) {
          longest = entry;
          before = waits;
        }
      }
    }
    return longest;
  }

  /** How many callers wait for a port of a route. */
  int callersOn(RoutePorts route) {
    int callers = 0;
    for (Entry entry : byRoute.getOrDefault(route, List.of())) {
      callers += entry.callers();
    }
    return callers;
  }

  /** A port that was promised to one has gone to another, who waits longer: it may ask again. */
  void passPromise(List<RoutePorts> routes, long now) {
    for (RoutePorts route : routes) {
      for (Entry entry : byRoute.getOrDefault(route, List.of())) {
        if (entry.isPromised(now)) {
          entry.promisedUntil = Long.MIN_VALUE;
          return;
        }
      }
    }
  }

  /** Nobody had a connection to give up for a demand. */
  void unpromise(PortDemand demand) {
    Entry entry = entries.get(demand);
    if (entry != null) {
      entry.promisedUntil = Long.MIN_VALUE;
    }
  }

  /** Where a demand waits; nowhere where it is not registered (any more). */
  Collection<RoutePorts> places(PortDemand demand) {
    Entry entry = entries.get(demand);
    return entry == null ? List.of() : entry.places();
  }

  Collection<Entry> on(RoutePorts route) {
    return byRoute.getOrDefault(route, List.of());
  }

  /** Everybody, in an order that does not change from run to run. */
  Collection<Entry> all() {
    Set<Entry> all = new LinkedHashSet<>();
    byRoute.values().forEach(all::addAll);
    return all;
  }

  /**
   * A route as the demand knows it, with its own budget and selection; any of them where several
   * share one budget, for each leads to an endpoint of its own.
   */
  Route routeFor(Entry entry, RoutePorts ports) {
    int at = random.nextInt(entry.routes.size());
    while (entry.routes.get(at) != ports) {
      at = (at + 1) % entry.routes.size();
    }
    return entry.demand.routes().get(at);
  }

  /** Routes for which somebody waits. */
  Set<RoutePorts> routes() {
    return byRoute.keySet();
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }
}
