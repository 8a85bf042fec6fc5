package io.fourtuple.port;

import io.fourtuple.time.Deadline;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connects that wait for a port, in order, by endpoint: for clients that are no pool. An endpoint's
 * queue is one demand to the ledger, as old as whoever waits first. Deadlines are the waiters' own
 * to keep; a waiter whose deadline is known to come too early is refused at once.
 *
 * <p>Thread-safe. One lock guards all queues; neither the ledger nor waiters are called under it.
 */
public final class PortQueues {
  private final PortLedger ledger;
  private final int maxWaiters;
  private final Map<Endpoint, Queue> queues = new HashMap<>();
  private int waiting;

  /** A connect that waits; served or refused once, without a lock, on any thread. */
  public interface Waiter {
    /** The tick from which on it waits; a field. */
    long since();

    /** A field. */
    Deadline deadline();

    /** There is a port; the waiter must settle it. */
    void granted(PortReservation reservation);

    /** No port can come in time. */
    void refused(PortsExhaustedException why);
  }

  /**
   * Those who wait for one endpoint. Fields are guarded by the lock, and volatile where the ledger
   * reads them. Whoever sets {@link #asks} has the right to register the demand, and passes it on
   * by registering.
   */
  private final class Queue implements PortDemand {
    final Set<Waiter> waiters = new LinkedHashSet<>();
    private volatile List<Route> routes;
    private volatile long since;
    private volatile int size;
    boolean asks;

    Queue(List<Route> routes) {
      this.routes = routes;
    }

    /** Whoever changes {@link #waiters} calls this. Under the lock. */
    void changed() {
      waiting += waiters.size() - size;
      size = waiters.size();
      if (size > 0) {
        since = waiters.iterator().next().since();
      }
    }

    @Override
    public List<Route> routes() {
      return routes;
    }

    @Override
    public long waitingSince() {
      return since;
    }

    @Override
    public int waiting() {
      return size;
    }

    @Override
    public void granted(PortReservation reservation) {
      if (handOut(this, reservation)) {
        ask(this);
      }
    }

    @Override
    public void reconsider() {
      refuseWhereInVain(this);
    }
  }

  /**
   * Queues.
   *
   * @param ledger whose ports they wait for
   * @param maxWaiters over all endpoints, 0 or more
   */
  public PortQueues(PortLedger ledger, int maxWaiters) {
    this.ledger = ledger;
    this.maxWaiters = maxWaiters;
  }

  /** How many wait, over all endpoints. */
  public synchronized int waiting() {
    return waiting;
  }

  /**
   * A port, never past somebody who waits for the same endpoint; null for none.
   *
   * @param routes all to one endpoint, at least one
   */
  public @Nullable PortReservation tryReserve(List<Route> routes) {
    synchronized (this) {
      if (queues.containsKey(endpoint(routes))) {
        return null;
      }
    }
    return ledger.tryReserve(routes);
  }

  /**
   * Lets a connect wait for a port.
   *
   * @param waiter not waiting already
   * @param routes all to one endpoint, at least one
   * @return false where too many wait already
   */
  public boolean add(Waiter waiter, List<Route> routes) {
    Queue queue;
    boolean begins;
    synchronized (this) {
      if (waiting >= maxWaiters) {
        return false;
      }
      queue = queues.computeIfAbsent(endpoint(routes), e -> new Queue(routes));
      queue.waiters.add(waiter);
      queue.changed();
      begins = !queue.asks;
      queue.asks = true;
    }
    if (!begins && !queue.routes.equals(routes)) {
      begins = ledger.withdraw(queue); // sources have come or gone since it asked
    }
    if (begins) {
      queue.routes = routes;
      ask(queue);
    }
    queue.reconsider();
    return true;
  }

  /**
   * A connect waits no more; false where it was served or refused already, or is about to be.
   *
   * @param routes the same as it was added with
   */
  public boolean remove(Waiter waiter, List<Route> routes) {
    Queue queue;
    synchronized (this) {
      queue = queues.get(endpoint(routes));
      if (queue == null || !queue.waiters.remove(waiter)) {
        return false;
      }
      queue.changed();
    }
    endIfEmpty(queue);
    return true;
  }

  /**
   * What to tell somebody for whom there is no port.
   *
   * @param waited zero for not at all
   * @param retryAfter null where unknown
   */
  public PortsExhaustedException exhausted(
      List<Route> routes, Duration waited, @Nullable Duration retryAfter) {
    return new PortsExhaustedException(
        routes.stream().map(ledger::census).toList(), waited, retryAfter);
  }

  /** Until a port is known to be free for who comes next; null where that is not known. */
  public @Nullable Duration untilFree(List<Route> routes) {
    return ledger.outlook(routes, 1).untilFree(0).orElse(null);
  }

  private static Endpoint endpoint(List<Route> routes) {
    return routes.get(0).endpoint();
  }

  /** Registers the demand, if it cannot be served at once. For who has the right to. */
  private void ask(Queue queue) {
    PortReservation reservation;
    while ((reservation = ledger.reserveOrWait(queue)) != null) {
      if (!handOut(queue, reservation)) {
        return;
      }
    }
    endIfEmpty(queue); // all may have left before it was registered
  }

  /** Serves whoever waits first; false where nobody waits after that. */
  private boolean handOut(Queue queue, PortReservation reservation) {
    Waiter first = null;
    boolean more;
    synchronized (this) {
      if (!queue.waiters.isEmpty()) {
        first = queue.waiters.iterator().next();
        queue.waiters.remove(first);
        queue.changed();
      }
      more = !forgetIfEmpty(queue);
    }
    if (first != null) {
      first.granted(reservation);
    } else {
      reservation.settle(Ending.ABANDONED);
    }
    return more;
  }

  /** Takes the demand back where nobody is behind it. */
  private void endIfEmpty(Queue queue) {
    if (queue.waiting() > 0 || !ledger.withdraw(queue)) {
      return; // where it is not registered, whoever is about to do that, or to serve it, will see
    }
    boolean more;
    synchronized (this) {
      more = !forgetIfEmpty(queue);
    }
    if (more) {
      ask(queue);
    }
  }

  /** For who has the right to ask, and gives it up where this is true. Under the lock. */
  private boolean forgetIfEmpty(Queue queue) {
    if (!queue.waiters.isEmpty()) {
      return false;
    }
    queue.asks = false;
    queues.remove(endpoint(queue.routes), queue);
    return true;
  }

  /**
   * Refuses those for whom no port can come in time: nothing that might free one is under way, and
   * the expiry that would be theirs is known and lies after their deadline.
   */
  private void refuseWhereInVain(Queue queue) {
    List<Route> routes = queue.routes;
    PortOutlook outlook = ledger.outlook(routes, queue.waiting());
    if (outlook.live() || outlook.expiries().isEmpty()) {
      return;
    }
    long now = ledger.ticker().read();
    Map<Waiter, Duration> refused = new LinkedHashMap<>();
    synchronized (this) {
      int ahead = 0;
      for (Waiter waiter : queue.waiters) {
        Duration until = outlook.untilFree(ahead).orElse(null);
        if (until == null || until.toNanos() <= waiter.deadline().nanosLeft(now)) {
          ahead++;
        } else {
          refused.put(waiter, until);
        }
      }
      queue.waiters.removeAll(refused.keySet());
      queue.changed();
    }
    refused.forEach(
        (waiter, until) ->
            waiter.refused(exhausted(routes, Duration.ofNanos(now - waiter.since()), until)));
    endIfEmpty(queue);
  }
}
