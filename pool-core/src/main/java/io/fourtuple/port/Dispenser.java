package io.fourtuple.port;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands out ports: to callers that ask, and to {@link Demands} in the order of their waiting. Needs
 * the ledger's lock.
 */
final class Dispenser {
  private static final Logger log = LoggerFactory.getLogger(Dispenser.class);

  /** A line at most so often about budgets that are only observed. */
  private static final long OVERDRAWN_LINE_MILLIS = 60_000;

  private final PortLedger ledger;
  private final Guard guard;
  private final RouteBook book;
  private final Demands demands;
  private Enforcement enforcement;
  private long reserved;
  private long overdrawn;
  private long nextOverdrawnLine;

  Dispenser(
      PortLedger ledger, Guard guard, RouteBook book, Demands demands, Enforcement enforcement) {
    this.ledger = ledger;
    this.guard = guard;
    this.book = book;
    this.demands = demands;
    this.enforcement = enforcement;
  }

  Demands demands() {
    return demands;
  }

  long reserved() {
    return reserved;
  }

  long overdrawn() {
    return overdrawn;
  }

  Enforcement enforcement() {
    return enforcement;
  }

  void enforcement(Enforcement next, long now) {
    enforcement = next;
    serveAll(now);
  }

  /** The ports of some routes; routes that are new begin to be kept. */
  List<RoutePorts> portsOf(List<Route> routes) {
    List<RoutePorts> found = new ArrayList<>(routes.size());
    for (Route route : routes) {
      RoutePorts ports = book.find(route);
      if (ports == null) {
        ports = book.begin(route);
        ledger.routeBegins();
      }
      found.add(ports);
    }
    return found;
  }

  /** Reserves on the route with the most free budget; null where no port is free. */
  @Nullable PortReservation reserveBest(List<Route> routes, List<RoutePorts> ports, long now) {
    int best = 0;
    int most = 0;
    for (int i = 0; i < routes.size(); i++) {
      serve(ports.get(i), now);
      PortBudget budget = routes.get(i).source().budget();
      int free = ports.get(i).freePorts(budget, now);
      if (free > most && ports.get(i).free(budget, now) > 0) {
        best = i;
        most = free;
      }
    }
    PortReservation reservation = reserveOn(routes.get(best), ports.get(best), now);
    // The best may turn out to have only ports that others hold.
    for (int i = 0; reservation == null && i < routes.size(); i++) {
      reservation = reserveOn(routes.get(i), ports.get(i), now);
    }
    return reservation;
  }

  private @Nullable PortReservation reserveOn(Route route, RoutePorts ports, long now) {
    PortBudget budget = route.source().budget();
    int port;
    if (enforcement == Enforcement.OBSERVE) {
      if (ports.isCooling(now)) {
        return null; // the kernel has refused, again and again: asking at once would never end
      }
      if (ports.free(budget, now) == 0) {
        overdrawn(route, now);
      }
      ports.observe(now);
      port = 0;
    } else {
      port = ports.reserve(route.source().selection(), budget, now);
    }
    if (port < 0) {
      return null;
    }
    reserved++;
    ports.wasLive = true;
    ports.source.begins(route);
    if (ports.cap != null) {
      ports.cap.take();
    }
    boolean binds = enforcement == Enforcement.ENFORCE;
    PortReservation reservation = new PortReservation(ledger, route, ports, port, binds);
    if (binds) {
      ports.distrust.reserved(reservation, ports.source.isGone());
    }
    return reservation;
  }

  private void overdrawn(Route route, long now) {
    overdrawn++;
    if (now >= nextOverdrawnLine) {
      nextOverdrawnLine = now + OVERDRAWN_LINE_MILLIS;
      long times = overdrawn;
      guard.afterwards(
          () -> log.warn("ENFORCE would have had no port on {}; so far {} times", route, times));
    }
  }

  /**
   * Lets time pass on a route, and hands what is free to those who wait there, or on others that
   * draw from the same cap.
   */
  void serve(RoutePorts ports, long now) {
    ports.expire(now);
    if (ports.isWanted()) {
      handOut(ports.sharers(), now);
    }
    if (ports.wasLive && ports.live() == 0 && !ports.rests.isInDoubt()) {
      ports.wasLive = false;
      reconsider(ports);
    }
    CapSlots cap = ports.cap;
    if (cap != null && cap.wasLive && cap.live() == 0) {
      cap.wasLive = false;
      cap.routes().forEach(this::reconsider);
    }
  }

  /** The ports of some routes, after time has passed on them. */
  List<RoutePorts> served(List<Route> routes, long now) {
    List<RoutePorts> all = portsOf(routes);
    all.forEach(ports -> serve(ports, now));
    return all;
  }

  /** Serves the longest waiting first, until there is nothing for any of them. */
  private void handOut(List<RoutePorts> sharers, long now) {
    sharers.forEach(ports -> ports.expire(now));
    List<RoutePorts> left = new ArrayList<>(sharers);
    RoutePorts ports;
    while ((ports = demands.longestWaiting(left)) != null) {
      Demands.Entry longest = Objects.requireNonNull(demands.longest(ports));
      PortReservation reservation = reserveOn(demands.routeFor(longest, ports), ports, now);
      if (reservation == null) {
        left.remove(ports);
        continue;
      }
      PortDemand demand = longest.demand;
      demands.remove(demand);
      if (!longest.isPromised(now)) {
        demands.passPromise(sharers, now);
      }
      guard.afterwards(() -> demand.granted(reservation));
    }
  }

  private void reconsider(RoutePorts ports) {
    demands.on(ports).forEach(entry -> guard.afterwards(entry.demand::reconsider));
  }

  void serveAll(long now) {
    List.copyOf(demands.routes()).forEach(ports -> serve(ports, now));
  }

  /**
   * Lets a demand wait; whoever does this asks for idle connections right after.
   *
   * @return when to look again, at the latest
   */
  long register(PortDemand demand, long now, long latest) {
    List<RoutePorts> ports = portsOf(demand.routes());
    Demands.Entry entry = new Demands.Entry(demand, ports);
    entry.promise(now);
    demands.add(entry);
    long next = latest;
    for (RoutePorts each : ports) {
      next = Math.min(next, each.nextChange(now));
    }
    return next;
  }

  /** When to look again at those who wait: at a change, or at the latest; MAX_VALUE for never. */
  long nextLook(long now, long latest) {
    long next = demands.isEmpty() ? Long.MAX_VALUE : now + latest;
    for (RoutePorts ports : demands.routes()) {
      next = Math.min(next, Math.max(now + 1, ports.nextChange(now)));
    }
    return next;
  }

  /** Promises a connection to somebody who waits since before a tick; false where nobody does. */
  boolean claim(RoutePorts ports, long since, @Nullable PortDemand except, long now) {
    CapSlots cap = ports.cap;
    if (cap != null && cap.isEnoughCooling(now)) {
      return false;
    }
    // A slot of a spent cap serves every route that draws from it; a port only its own.
    List<RoutePorts> where = cap != null && cap.free(now) == 0 ? ports.sharers() : List.of(ports);
    Demands.Entry entry = demands.unpromised(where, since, except, now);
    if (entry != null) {
      entry.promise(now);
    }
    return entry != null;
  }

  /** Those without a promise; they are promised something by this, so ask for them now. */
  List<PortDemand> toAskFor(long now) {
    List<PortDemand> unpromised = new ArrayList<>();
    for (Demands.Entry entry : demands.all()) {
      if (!entry.isPromised(now)) {
        entry.promise(now);
        unpromised.add(entry.demand);
      }
    }
    return unpromised;
  }

  /** Where an idle connection would have to be closed for the good of a demand. */
  List<Route> routesToAsk(PortDemand demand, long now) {
    Set<Route> routes = new LinkedHashSet<>();
    for (RoutePorts ports : demands.places(demand)) {
      if (ports.route.source().selection() == PortSelection.EXCLUSIVE) {
        routes.addAll(ports.source.sharers());
      } else if (ports.cap == null || ports.cap.free(now) > 0) {
        routes.add(ports.route);
      } else if (!ports.cap.isEnoughCooling(now)) {
        ports.sharers().forEach(sharer -> routes.add(sharer.route));
      }
    }
    return List.copyOf(routes);
  }

  /** Forgets a route, or what is over on it. */
  void prune(RoutePorts ports, long now) {
    ports.timestamps(book.timestampsOf(ports.route.endpoint()));
    serve(ports, now);
    if (ports.waiting == 0 && ports.isForgettable(now)) {
      book.forget(ports);
    } else {
      ports.prune(now);
    }
  }
}
