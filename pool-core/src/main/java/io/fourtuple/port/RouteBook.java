package io.fourtuple.port;

import io.fourtuple.port.Holds.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Which routes and sources there are, and what is known about the endpoints. Routes appear with
 * their first use and are forgotten when nothing about them is worth remembering. Needs the
 * ledger's lock.
 */
final class RouteBook {
  /** After this time a peer without timestamps gets another chance. */
  private static final long NO_TIMESTAMPS_MILLIS = 600_000;

  private final HostLimits limits;
  private final Holds holds;
  private final Map<SourceAddress, SourcePorts> sources = new HashMap<>();
  private final Map<Route, RoutePorts> routes = new HashMap<>();
  private final ForeignPorts foreignOnHost = new ForeignPorts();
  private final Map<Endpoint, Long> withoutTimestamps = new HashMap<>();
  private KernelView shown = KernelView.EMPTY;

  RouteBook(HostLimits limits, Holds holds) {
    this.limits = limits;
    this.holds = holds;
  }

  /** The ports of a route; null where it is not kept. */
  @Nullable RoutePorts find(Route route) {
    return routes.get(route);
  }

  /** Begins to keep a route, with what the kernel's table has shown of it. */
  RoutePorts begin(Route route) {
    RoutePorts ports = unkept(route, source(route.source()));
    KernelAgreement.make(ports, shown.on(route), shown.seen());
    routes.put(route, ports);
    return ports;
  }

  /** A route that nobody will find: for callers who must go on although the book is broken. */
  RoutePorts unkept(Route route) {
    return unkept(route, new SourcePorts(route.source(), new ForeignPorts()));
  }

  private RoutePorts unkept(Route route, SourcePorts source) {
    int random = ThreadLocalRandom.current().nextInt();
    return new RoutePorts(route, source, holds, timestampsOf(route.endpoint()), random);
  }

  void forget(RoutePorts ports) {
    routes.remove(ports.route);
  }

  boolean isEmpty() {
    return routes.isEmpty();
  }

  /** All routes that are kept, as a copy. */
  List<RoutePorts> all() {
    return List.copyOf(routes.values());
  }

  /** All sources, as a copy. */
  List<SourceAddress> sources() {
    return List.copyOf(sources.keySet());
  }

  /** Finds or announces a source; explicitly bound and kernel-picked ports must not mix. */
  SourcePorts source(SourceAddress source) {
    SourcePorts known = sources.get(source);
    if (known != null && isExplicit(known.address()) == isExplicit(source)) {
      return known;
    }
    for (SourceAddress other : sources.keySet()) {
      if (other.address().equals(source.address()) && other.ports().intersects(source.ports())) {
        throw new IllegalArgumentException(
            "source %s (%s) shares ports with %s (%s), which is in use: give them disjoint ranges"
                .formatted(source, source.selection(), other, other.selection()));
      }
    }
    SourcePorts made = new SourcePorts(source, foreignOnHost);
    sources.put(source, made);
    return made;
  }

  private static boolean isExplicit(SourceAddress source) {
    return source.selection() == PortSelection.OWNED;
  }

  // ---- TCP timestamps

  Timestamps timestampsOf(Endpoint endpoint) {
    return limits.timestamps() && !withoutTimestamps.containsKey(endpoint)
        ? Timestamps.ASSUMED
        : Timestamps.OFF;
  }

  /** Notes whether an endpoint has timestamps; returns the routes for which that is news. */
  List<RoutePorts> timestamps(Endpoint endpoint, boolean used, long now) {
    if (used != withoutTimestamps.containsKey(endpoint)) {
      return List.of();
    }
    if (used) {
      withoutTimestamps.remove(endpoint);
    } else {
      withoutTimestamps.put(endpoint, now + NO_TIMESTAMPS_MILLIS);
    }
    List<RoutePorts> changed = new ArrayList<>();
    for (RoutePorts ports : routes.values()) {
      if (ports.route.endpoint().equals(endpoint)) {
        ports.timestamps(timestampsOf(endpoint));
        changed.add(ports);
      }
    }
    return changed;
  }

  // ---- the kernel's view, and what is over

  /** Keeps what the kernel shows for routes to come, and applies what it shows of listeners. */
  void show(KernelView view) {
    shown = view;
    sources.forEach(
        (source, ports) ->
            view.listeners(source).forEach(port -> ports.listener(port, view.seen())));
  }

  /** Forgets what is over about sources and endpoints. */
  void prune(long now) {
    foreignOnHost.prune(now);
    sources.values().forEach(source -> source.prune(now));
    withoutTimestamps.values().removeIf(until -> until <= now);
  }
}
