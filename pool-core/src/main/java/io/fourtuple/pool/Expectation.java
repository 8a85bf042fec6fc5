package io.fourtuple.pool;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many leases the next connection to a destination is expected to carry, and so how many
 * connects its callers need. Guarded by the destination's section, except where said.
 */
final class Expectation<C> {
  private static final Logger log = LoggerFactory.getLogger(Expectation.class);

  private final DestinationPool<C> owner;
  private final Connector<C> connector;
  private volatile boolean isAsked;
  private boolean mayMultiplex;
  private int leases; // as the last connection said; 0 while there was none that said so

  Expectation(DestinationPool<C> owner, Connector<C> connector) {
    this.owner = owner;
    this.connector = connector;
  }

  /** Asks the connector what may be, once. Not inside. */
  void ask() {
    if (isAsked) {
      return;
    }
    boolean may = false;
    try {
      may = connector.mayMultiplex(owner.destination());
    } catch (RuntimeException | Error e) { // an Error too: somebody waits for the answer
      log.warn("the connector failed to say whether {} multiplexes", owner.destination(), e);
    }
    owner.section().enter();
    try {
      mayMultiplex |= may;
      isAsked = true;
    } finally {
      owner.section().leave();
    }
  }

  /** A connection can carry so many; one that can carry none for the moment is not a plain one. */
  void learn(int maxLeases) {
    if (maxLeases > 0) {
      leases = maxLeases;
    } else {
      mayMultiplex = true;
    }
  }

  /** How many callers one connect is for: all, while it is unknown what will come of it. */
  private long each() {
    return leases > 0 ? leases : mayMultiplex ? Integer.MAX_VALUE : 1;
  }

  /** How many connects so many callers need. */
  long connects(int waiting) {
    return (waiting + each() - 1) / each();
  }

  /** How many connections serve so many callers that come first, and none of the next. */
  int connectionsAhead(int callers) {
    return (int) (callers / each());
  }

  /** How many callers have others for that many connects. */
  int callersAhead(int connects, int waiting) {
    return (int) Math.min(waiting, connects * each());
  }

  /** How many of those who wait depend on one of so many connects. */
  long riders(int waiting, int connects) {
    long share = (waiting + Math.max(1L, connects) - 1) / Math.max(1L, connects);
    return Math.max(1, Math.min(each(), share));
  }
}
