package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.Line.Phase;
import io.fourtuple.testkit.SocketRow.Holder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which port, as those see it who hold the sockets: all lines of some connectors that are
 * not settled, by budget, and the budgets on which something has happened. Independent of the
 * ledger, so that both can be compared.
 */
final class LineBook {
  private final Map<Object, Page> pages = new HashMap<>();
  private final Queue<Page> touched = new ArrayDeque<>();
  private final List<Line> open = new ArrayList<>();
  private final Map<UnderCap, Integer> underCaps = new HashMap<>();
  private @Nullable String unexplained;
  private @Nullable String droppedByNat;
  private long dropsByNat;
  private long unexplainedRefusals;
  private long portFailures;

  /** What has a count of its own at a NAT. */
  private record UnderCap(ExternalCap cap, Endpoint endpoint) {}

  /** What has ports of its own: a route, or an EXCLUSIVE source with all of its routes. */
  static Object budget(Route route) {
    return route.source().selection() == PortSelection.EXCLUSIVE ? route.source() : route;
  }

  /** The lines of one budget, and a route that draws from it. */
  static final class Page {
    final Route route;
    final Set<Line> lines = new LinkedHashSet<>();
    int refusals;
    private boolean touched;

    private Page(Route route) {
      this.route = route;
    }
  }

  private void touch(Page page) {
    if (!page.touched) {
      page.touched = true;
      touched.add(page);
    }
  }

  Page begun(Line line) {
    Route route = line.reservation().route();
    Page page = pages.computeIfAbsent(budget(route), key -> new Page(route));
    page.lines.add(line);
    countUnderCap(route, 1);
    touch(page);
    return page;
  }

  void moved(Line line, Phase from, Phase to) {
    touch(line.page);
    if (from == Phase.OPEN) {
      removeOpen(line);
    }
    if (to == Phase.OPEN) {
      line.place = open.size();
      open.add(line);
    }
    if (to == Phase.SETTLED) {
      line.page.lines.remove(line);
      countUnderCap(line.reservation().route(), -1);
    }
  }

  private void countUnderCap(Route route, int change) {
    ExternalCap cap = route.source().cap();
    if (cap != null) {
      underCaps.merge(new UnderCap(cap, route.endpoint()), change, Integer::sum);
    }
  }

  /** How many lines there are to the endpoint of a route under the cap of its source. */
  int linesUnderCapOf(Route route) {
    ExternalCap cap = route.source().cap();
    return cap == null ? 0 : underCaps.getOrDefault(new UnderCap(cap, route.endpoint()), 0);
  }

  /** A NAT has dropped a SYN. Only where nobody counted may it. */
  void droppedByNat(Line line) {
    if (line.reservation().binds() && line.reservation().route().source().cap() != null) {
      dropsByNat++;
      droppedByNat = line + " was counted, and the NAT has dropped its SYN";
    }
  }

  /** How many SYNs a NAT has dropped of those who counted. */
  long dropsByNat() {
    return dropsByNat;
  }

  /** The last of them; null for none. */
  @Nullable String droppedByNat() {
    return droppedByNat;
  }

  private void removeOpen(Line line) {
    Line last = open.remove(open.size() - 1);
    if (last != line) {
      open.set(line.place, last);
      last.place = line.place;
    }
  }

  /** The kernel refused a port. Only a socket of somebody else's explains that. */
  void refused(Line line, KernelRefusal refusal, boolean excused) {
    portFailures++;
    line.page.refusals++;
    SimulatedSocket inTheWay = refusal.inTheWay();
    if (!excused && inTheWay != null && inTheWay.holder() == Holder.US) {
      unexplainedRefusals++;
      unexplained = line.reservation() + " was refused because of " + inTheWay;
    }
  }

  /** A refusal that a peer's script made up. */
  void failedOnPort() {
    portFailures++;
  }

  /** How many connects have failed for want of the local port, scripted ones included. */
  long portFailures() {
    return portFailures;
  }

  /** How many refusals only a socket of ours explains. */
  long unexplainedRefusals() {
    return unexplainedRefusals;
  }

  /** The last of them; null for none. */
  @Nullable String unexplainedRefusal() {
    return unexplained;
  }

  Collection<Line> on(Route route) {
    Page page = pages.get(budget(route));
    return page == null ? List.of() : page.lines;
  }

  /** All routes that were ever used. */
  Collection<Page> pages() {
    return pages.values();
  }

  /** Those that carry requests; in no order, but always in the same. */
  List<Line> open() {
    return open;
  }

  /** A page on which something has happened since it was last taken; null for none. */
  @Nullable Page takeTouched() {
    Page page = touched.poll();
    if (page != null) {
      page.touched = false;
    }
    return page;
  }

  /** Without a connect, a refusal or an ending there is nothing to look at. */
  boolean isAnyTouched() {
    return !touched.isEmpty();
  }
}
