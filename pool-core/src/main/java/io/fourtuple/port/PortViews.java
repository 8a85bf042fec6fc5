package io.fourtuple.port;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is told to those who look at ports. Needs the ledger's lock. */
final class PortViews {
  private PortViews() {}

  /**
   * How the ports of a route stand.
   *
   * @param as the route as the caller knows it, with its own budget
   * @param callers how many wait for it
   */
  static PortCensus census(RoutePorts ports, Route as, int callers, long now) {
    List<Duration> next = Rests.untilFree(List.of(ports.rests), 1, now);
    return new PortCensus(
        as,
        ports.capacity(as.source().budget(), now),
        ports.count(PortState.RESERVED),
        ports.count(PortState.CONNECTING),
        ports.count(PortState.ESTABLISHED),
        ports.count(PortState.CLOSING),
        ports.count(PortState.TIME_WAIT),
        ports.reusable,
        ports.count(PortState.FOREIGN),
        callers,
        next.isEmpty() ? -1 : next.get(0).toNanos(),
        ports.cap == null ? null : ports.cap.census(now));
  }

  /**
   * When ports may be expected on some routes, after they were served.
   *
   * @param all the ports of each of the routes
   */
  static PortOutlook outlook(List<Route> routes, List<RoutePorts> all, int most, long now) {
    for (int i = 0; i < routes.size(); i++) {
      RoutePorts ports = all.get(i);
      if (ports.isLive() || ports.free(routes.get(i).source().budget(), now) > 0) {
        return new PortOutlook(true, List.of());
      }
    }
    return new PortOutlook(false, expiries(routes, all, most, now));
  }

  /** How long until resting ports are known to be free, shortest first, after they were served. */
  static List<Duration> expiries(List<Route> routes, List<RoutePorts> all, int most, long now) {
    Map<Object, Draw> draws = new LinkedHashMap<>();
    for (int i = 0; i < routes.size(); i++) {
      RoutePorts ports = all.get(i);
      Object key = Objects.requireNonNullElse(ports.cap, ports);
      draws
          .computeIfAbsent(key, k -> new Draw(ports.cap))
          .add(ports, routes.get(i).source().budget(), now);
    }
    return draws.values().stream()
        .flatMap(draw -> draw.untilFree(most, now).stream())
        .sorted()
        .limit(most)
        .toList();
  }

  /** Routes that draw from one cap, or one without: a connection needs a port and a slot. */
  private static final class Draw {
    private final @Nullable CapSlots cap;
    private final List<Rests> rests = new ArrayList<>();
    private int freePorts;

    Draw(@Nullable CapSlots cap) {
      this.cap = cap;
    }

    void add(RoutePorts ports, PortBudget budget, long now) {
      if (!rests.contains(ports.rests)) { // two routes may be one to the ledger
        rests.add(ports.rests);
        freePorts += ports.freePorts(budget, now);
      }
    }

    List<Duration> untilFree(int most, long now) {
      List<Duration> ports = Rests.untilFree(rests, most, now);
      if (cap == null) {
        return ports;
      }
      List<Duration> slots = cap.untilFree(most, now);
      int freeSlots = cap.free(now);
      List<Duration> both = new ArrayList<>();
      for (int n = 0; n < most; n++) {
        Duration port = nth(n, freePorts, ports);
        Duration slot = nth(n, freeSlots, slots);
        if (port == null || slot == null) {
          break;
        }
        both.add(port.compareTo(slot) > 0 ? port : slot);
      }
      return both;
    }

    /** When the n-th of several can be had, of which some are free now; null where unknown. */
    private static @Nullable Duration nth(int n, int free, List<Duration> untilFree) {
      if (n < free) {
        return Duration.ZERO;
      }
      return n - free < untilFree.size() ? untilFree.get(n - free) : null;
    }
  }
}
