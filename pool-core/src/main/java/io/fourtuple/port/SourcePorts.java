package io.fourtuple.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the routes of one source have in common: where its ports lie, which of them others hold, and
 * whether the address is still on this host. Needs the ledger's lock.
 */
final class SourcePorts {
  private static final long FIRST_GONE_MILLIS = 1_000;
  private static final long LONGEST_GONE_MILLIS = 30_000;

  private final SourceAddress address;
  private final PortLayout layout;
  private final ForeignPorts ofHost;
  private final ForeignPorts ofSource = new ForeignPorts();

  /** The route on which a pinned port was refused last: a second one proves a wider scope. */
  private final Map<Integer, Route> refusedPinned = new HashMap<>();

  /** Reservations by route, of a source whose routes share one budget. */
  private final Map<Route, Integer> reservations = new LinkedHashMap<>();

  private int routes; // that are kept
  private boolean isAnnounced;
  private long goneUntil;
  private long goneMillis;

  SourcePorts(SourceAddress address, ForeignPorts ofHost) {
    this.address = address;
    this.layout = PortLayout.of(address.ports());
    this.ofHost = ofHost;
  }

  SourceAddress address() {
    return address;
  }

  PortLayout layout() {
    return layout;
  }

  /** Until when a port is left alone on every route; 0 where it is not. */
  long foreignUntil(int port, long now) {
    return Math.max(ofSource.until(port, now), ofHost.until(port, now));
  }

  /** The bind has refused the port. */
  long foreign(int port, long now) {
    return ofSource.met(port, now);
  }

  /** A listener has the port of this source, or of all addresses. */
  void listener(int port, long seen) {
    if (layout.contains(port)) {
      ofSource.shown(port, seen);
    }
  }

  /**
   * The connect has refused a pinned port. On one route that is a held tuple; on two it is somebody
   * who has bound the port explicitly, on whatever address.
   */
  void pinnedRefused(int port, Route route, long now) {
    Route before = refusedPinned.put(port, route);
    if (before != null && !before.equals(route)) {
      ofHost.met(port, now);
    }
  }

  /** A connect has worked: what was believed of the source and this port is over. */
  void worked(int port) {
    goneMillis = 0;
    goneUntil = 0;
    ofSource.worked(port);
    ofHost.worked(port);
    if (!refusedPinned.isEmpty()) {
      refusedPinned.remove(port);
    }
  }

  /**
   * The address is not on this host: leave it alone, longer each time.
   *
   * @return whether that is news since a connect last worked
   */
  boolean gone(long now) {
    boolean isNews = goneMillis == 0;
    if (now >= goneUntil) {
      goneMillis =
          goneMillis == 0 ? FIRST_GONE_MILLIS : Math.min(LONGEST_GONE_MILLIS, 2 * goneMillis);
      goneUntil = now + goneMillis;
    }
    return isNews;
  }

  /** Whether nothing has worked since it was gone. */
  boolean isGone() {
    return goneMillis != 0;
  }

  /** The address is said to be on this host: the next connect may find out. */
  void there() {
    goneUntil = 0;
    goneMillis = Math.min(goneMillis, FIRST_GONE_MILLIS);
  }

  /** Until when the address is left alone. */
  long goneUntil() {
    return goneUntil;
  }

  // ---- who needs it

  void announced(boolean isSo) {
    isAnnounced = isSo;
  }

  void routeBegins() {
    routes++;
  }

  void routeEnds() {
    routes--;
  }

  /** Whether no route is kept, and nobody has asked for the source to be. */
  boolean isForgettable() {
    return routes == 0 && !isAnnounced;
  }

  // ---- routes that share the source's budget

  /** A reservation is made. */
  void begins(Route route) {
    if (address.selection() == PortSelection.EXCLUSIVE) {
      reservations.merge(route, 1, Integer::sum);
    }
  }

  /** A reservation is settled. */
  void ends(Route route) {
    reservations.computeIfPresent(route, (r, count) -> count == 1 ? null : count - 1);
  }

  /** Where connections may be that have a port which another route of the source could use. */
  List<Route> sharers() {
    return new ArrayList<>(reservations.keySet());
  }

  void prune(long now) {
    ofSource.prune(now);
    refusedPinned.keySet().removeIf(port -> foreignUntil(port, now) == 0);
  }
}
