package io.fourtuple.port;

import io.fourtuple.port.Holds.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
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
  private final RandomGenerator random;
  private final Consumer<SourceAddress> forgotten;
  private final Map<SourceAddress, SourcePorts> sources = new HashMap<>();
  private final Map<Object, RoutePorts> routes = new HashMap<>(); // by budget key
  private final Map<CapKey, CapSlots> caps = new HashMap<>();
  private final ForeignPorts foreignOnHost = new ForeignPorts();
  private final Map<Endpoint, Long> withoutTimestamps = new HashMap<>();
  private KernelView shown = KernelView.EMPTY;

  private record CapKey(ExternalCap cap, Endpoint endpoint) {}

  /**
   * An empty one.
   *
   * @param forgotten told when a source is forgotten
   */
  RouteBook(
      HostLimits limits, Holds holds, RandomGenerator random, Consumer<SourceAddress> forgotten) {
    this.limits = limits;
    this.holds = holds;
    this.random = random;
    this.forgotten = forgotten;
  }

  /** The ports of a route; null where it is not kept. */
  @Nullable RoutePorts find(Route route) {
    return routes.get(route.budgetKey());
  }

  /** Begins to keep a route, with what the kernel's table has shown of it. */
  RoutePorts begin(Route route) {
    RoutePorts ports = unkept(route, source(route.source()), slots(route));
    KernelAgreement.make(ports, shown.on(route), shown.seen());
    routes.put(route.budgetKey(), ports);
    ports.source.routeBegins();
    if (ports.cap != null) {
      ports.cap.join(ports);
    }
    return ports;
  }

  /** A route that nobody will find: for callers who must go on although the book is broken. */
  RoutePorts unkept(Route route) {
    return unkept(route, new SourcePorts(route.source(), new ForeignPorts()), null);
  }

  private RoutePorts unkept(Route route, SourcePorts source, @Nullable CapSlots cap) {
    return new RoutePorts(
        route, source, cap, holds, timestampsOf(route.endpoint()), random.nextInt());
  }

  private @Nullable CapSlots slots(Route route) {
    ExternalCap cap = route.source().cap();
    return cap == null
        ? null
        : caps.computeIfAbsent(new CapKey(cap, route.endpoint()), k -> new CapSlots(cap, holds));
  }

  void forget(RoutePorts ports) {
    routes.remove(ports.route.budgetKey());
    if (ports.cap != null) {
      ports.cap.leave(ports);
    }
    ports.source.routeEnds();
    forgetIfUnused(ports.source);
  }

  boolean isEmpty() {
    return routes.isEmpty() && caps.isEmpty();
  }

  /** All routes that are kept, as a copy. */
  List<RoutePorts> all() {
    return List.copyOf(routes.values());
  }

  /** All sources, as a copy. */
  List<SourceAddress> sources() {
    return List.copyOf(sources.keySet());
  }

  /** Finds or makes a source that is kept though it is not used. */
  SourcePorts announce(SourceAddress source) {
    SourcePorts known = source(source);
    known.announced(true);
    return known;
  }

  /** Keeps a source no longer than it is used. */
  void renounce(SourceAddress source) {
    SourcePorts known = sources.get(source);
    if (known != null) {
      known.announced(false);
      forgetIfUnused(known);
    }
  }

  private void forgetIfUnused(SourcePorts source) {
    if (source.isForgettable() && sources.remove(source.address(), source)) {
      forgotten.accept(source.address());
    }
  }

  /** Finds or makes a source; ports that are bound in different ways must not mix. */
  SourcePorts source(SourceAddress source) {
    SourcePorts known = sources.get(source);
    if (known != null
        && mayMix(known.address().selection(), source.selection())
        && Objects.equals(known.address().cap(), source.cap())) {
      return known;
    }
    for (SourceAddress other : sources.keySet()) {
      if (other.address().equals(source.address())) {
        refuseContradiction(source, other);
      }
    }
    SourcePorts made = new SourcePorts(source, foreignOnHost);
    sources.put(source, made);
    return made;
  }

  private static void refuseContradiction(SourceAddress source, SourceAddress other) {
    if (!Objects.equals(source.cap(), other.cap())) {
      throw new IllegalArgumentException(
          "source %s is behind %s, but %s is in use behind %s: give an address one cap"
              .formatted(source, capOf(source), other, capOf(other)));
    }
    if (other.ports().intersects(source.ports())) {
      throw new IllegalArgumentException(
          "source %s (%s) shares ports with %s (%s), which is in use: give them disjoint ranges"
              .formatted(source, source.selection(), other, other.selection()));
    }
  }

  private static String capOf(SourceAddress source) {
    return source.cap() == null ? "no cap" : source.cap().toString();
  }

  /** Ports picked at connect share a budget; those bound before do not, whoever picks them. */
  private static boolean mayMix(PortSelection one, PortSelection other) {
    return one == other || (one.isPickedAtConnect() && other.isPickedAtConnect());
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
    caps.values().removeIf(slots -> slots.isForgettable(now));
  }
}
