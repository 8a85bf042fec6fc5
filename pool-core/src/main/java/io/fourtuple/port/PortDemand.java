package io.fourtuple.port;

import java.util.List;

/**
 * Somebody who waits for a port on any of some routes. Implementations must be thread-safe; the
 * ledger calls {@link #granted} and {@link #reconsider} without holding a lock, on the thread that
 * freed a port or on the scheduler's, and expects them to be short.
 */
public interface PortDemand {
  /** The routes that would do, at least one; must not change. */
  List<Route> routes();

  /**
   * Since which tick the longest waiting caller behind this demand waits. Ports go to the demand
   * that waits longest, so this may move forward while a demand is registered. Called under the
   * ledger's lock: read a field, do nothing else.
   */
  long waitingSince();

  /**
   * How many callers wait behind this demand; one by default. For messages, and because no
   * connection is given up for a demand with zero callers, which is about to be withdrawn. Called
   * under the ledger's lock, like {@link #waitingSince}.
   */
  default int waiting() {
    return 1;
  }

  /** Hands over a port. Called at most once, after which the demand is not registered any more. */
  void granted(PortReservation reservation);

  /** No port yet, but a connection on one of the routes has ended: is waiting still worth it? */
  void reconsider();
}
