package io.fourtuple.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a connection comes into a caller's hands, and what its connector is asked and told of that.
 * One that throws, which it never should, costs the connection, but neither the caller nor the
 * port. Nothing here is called inside of the section.
 */
final class Handover<C> {
  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Connector<C> connector;

  Handover(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.connector = pool.connector();
  }

  // ---- to a caller

  /** A new connection is there, before anybody gets it. */
  void begins(PooledConnection<C> connection) {
    connection.affinity = connector.affinity(connection.connection);
    connection.endsAt(pool.now() + pool.lifetimeNanos());
  }

  /** Whether a connection that was there can be handed over; one that cannot is closed. */
  boolean isFit(Lease<C> lease) {
    if (isReusable(lease.pooled(), pool.now())) {
      return begins(lease) == null;
    }
    discardUnfit(lease);
    return false;
  }

  /** Whether a connection may be used once more. */
  boolean isReusable(PooledConnection<C> connection, long now) {
    return !connection.isOld(now) && isUsable(connection.connection);
  }

  /** Tells the connector; returns why the connection is closed instead, null where it is not. */
  @Nullable Throwable begins(Lease<C> lease) {
    Throwable fault = lent(lease.pooled().connection);
    if (fault != null) {
      discardUnfit(lease);
    }
    return fault;
  }

  /** Nobody gets a lease that was made. */
  void discardUnfit(Lease<C> lease) {
    owner.counters().notGiven(lease);
    lease.discard();
  }

  /** Gives a lease, of which the connector knows, to whom it was made for. */
  Lease<C> handOver(Lease<C> lease, Duration waited, @Nullable Throwable place) {
    lease.pooled().acquiredAt(lease.number, place);
    if (pool.hasListeners() || !waited.isZero()) {
      pool.tell(listener -> listener.acquired(owner.destination(), waited));
    }
    return lease;
  }

  /** The same for somebody who has waited. */
  void serve(Waiter<C> waiter, Lease<C> lease) {
    Throwable fault = begins(lease);
    if (fault == null) {
      waiter.acquired(handOver(lease, owner.waited(waiter), waiter.place));
    } else {
      owner.refuse(
          waiter, new ConnectFailedException(owner.destination(), fault.toString(), null, fault));
    }
  }

  // ---- what the connector is asked and told

  /** Whether a connection can carry another request. */
  boolean isUsable(C connection) {
    try {
      return connector.isUsable(connection);
    } catch (RuntimeException | Error e) { // an Error too: somebody waits for the connection
      warn(e);
      return false;
    }
  }

  /** How many leases a connection can carry at once; one where the connector fails to say. */
  int maxLeases(C connection) {
    try {
      return Math.max(0, connector.maxLeases(connection));
    } catch (RuntimeException | Error e) { // likewise
      log.warn("the connector failed to say how many leases a connection can carry", e);
      return 1;
    }
  }

  /** A caller gets a connection; returns what the connector has against it, null for nothing. */
  private @Nullable Throwable lent(C connection) {
    try {
      connector.onLease(connection);
      return null;
    } catch (RuntimeException | Error e) { // likewise
      warn(e);
      return e;
    }
  }

  /** A caller is done with a connection; returns whether it can idle. */
  boolean returned(C connection) {
    try {
      connector.onReturn(connection);
      return true;
    } catch (RuntimeException | Error e) { // likewise
      warn(e);
      return false;
    }
  }

  private static void warn(Throwable why) {
    log.warn("the connector failed about a connection, which is closed", why);
  }
}
