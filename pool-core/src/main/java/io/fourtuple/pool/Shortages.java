package io.fourtuple.pool;

import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demand for a port under which the callers of a destination wait, if they do. Guarded by the
 * destination's section.
 */
final class Shortages<C> {
  private static final Logger log = LoggerFactory.getLogger(Shortages.class);

  /** A connection in use goes to other destinations only if they wait this much longer. */
  private static final long PATIENCE_NANOS = 50_000_000;

  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final PortLedger ledger;
  private final Section section;
  private final Endpoints<C> endpoints;
  private final Standstill<C> standstill;
  private @Nullable PortShortage<C> current;

  Shortages(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.ledger = pool.connector().ledger();
    this.section = owner.section();
    this.endpoints = owner.endpoints();
    this.standstill = new Standstill<>(owner, this, pool);
  }

  /** Whether callers wait in vain. */
  Standstill<C> standstill() {
    return standstill;
  }

  /** The demand that is there; null for none. Inside. */
  @Nullable PortShortage<C> current() {
    return current;
  }

  /** Whether the ledger will tell of the next port, wherever it is. Inside. */
  boolean isEverywhere() {
    return current != null && !current.isPartial();
  }

  /** Ends a demand that leaves routes out, because those may have come back. Inside. */
  void endPartial() {
    if (current != null && current.isPartial()) {
      end();
    }
  }

  /** Inside. */
  void end() {
    PortShortage<C> ended = current;
    if (ended != null) {
      current = null;
      section.afterwards(() -> ledger.withdraw(ended));
    }
  }

  /** There are more routes now than those of the demand. Not inside. */
  void sourceAdded() {
    section.enter();
    try {
      end();
      owner.connecting().plan();
    } finally {
      section.leave();
    }
  }

  /** A demand has got its port. Inside. */
  void granted(PortShortage<C> demand) {
    if (current == demand) {
      current = null;
    }
    standstill.moved();
  }

  /**
   * Begins a demand on those routes on which a connect may begin; null where that is none, or one
   * is there that covers them: a connect in progress, or the end of a back-off, goes on from there.
   * Inside; who gets one has to {@link #register} it.
   */
  @Nullable PortShortage<C> begin(List<Route> routes) {
    if (isEverywhere()) {
      return null;
    }
    long now = pool.now();
    List<Route> open = new ArrayList<>(routes);
    open.removeIf(route -> !endpoints.mayConnect(route, now));
    for (Route route : open) {
      if (endpoints.of(route.endpoint()).exhausted(route, true)) {
        section.afterwards(
            () -> pool.tell(listener -> listener.exhausted(owner.destination(), route)));
      }
    }
    if (open.isEmpty() || (current != null && current.routes().containsAll(open))) {
      return null;
    }
    end();
    current = new PortShortage<>(owner, open, open.size() < routes.size(), ledger);
    standstill.begins();
    return current;
  }

  /** The kernel has refused a route's ports time and again: it is left alone. Not inside. */
  void rests(EndpointPool<C> endpoint, Route route) {
    ledger.coolDown(route);
    boolean news;
    section.enter();
    try {
      news = endpoint.resting(route, true);
    } finally {
      section.leave();
    }
    if (news) {
      log.warn("{} rests: the kernel has refused port after port", route);
      pool.tell(listener -> listener.resting(owner.destination(), route));
    }
  }

  /** Tells listeners when the ports of a connection's route have become scarce. Inside. */
  void noteScarcity(PooledConnection<C> connection, boolean isScarce) {
    Route route = connection.reservation.route();
    if (connection.endpoint.scarce(route, isScarce)) {
      section.afterwards(() -> pool.tell(listener -> listener.highMark(route)));
    }
  }

  /**
   * Whether another destination or pool has waited long enough for the port of a connection here.
   * Not inside.
   */
  boolean isWantedByOthers(PortReservation reservation) {
    if (!reservation.isWanted()) {
      return false;
    }
    PortShortage<C> own;
    long since;
    section.enter();
    try {
      own = current;
      WaitQueue<C> queue = owner.queue();
      since = queue.isEmpty() ? pool.now() + 1 : queue.headSince() - PATIENCE_NANOS;
    } finally {
      section.leave();
    }
    return reservation.claimForOthers(since, own);
  }

  /** Tells the ledger. Not inside. */
  void register(PortShortage<C> begun) {
    pool.leaks().check();
    PortReservation reservation = ledger.reserveOrWait(begun);
    if (reservation != null) {
      begun.granted(reservation);
      return;
    }
    List<Route> routes = routesNow(begun);
    section.enter();
    try {
      if (current != begun) {
        section.afterwards(() -> ledger.withdraw(begun)); // it ended before it was registered
      } else if (!covers(begun, routes)) {
        end(); // sources have come meanwhile, and told nobody who did not wait yet
        owner.connecting().plan();
      } else {
        section.afterwards(begun::reconsider);
      }
    } finally {
      section.leave();
    }
  }

  private List<Route> routesNow(PortShortage<C> begun) {
    try {
      return endpoints.routes(endpoints.all());
    } catch (RuntimeException broken) {
      return begun.routes(); // whoever asks next is told
    }
  }

  /** Whether a demand is on all of some routes on which a connect may begin. */
  private boolean covers(PortShortage<C> demand, List<Route> routes) {
    long now = pool.now();
    for (Route route : routes) {
      if (endpoints.mayConnect(route, now) && !demand.routes().contains(route)) {
        return false;
      }
    }
    return true;
  }
}
