package io.fourtuple.pool;

import io.fourtuple.port.PortReservation;
import org.jspecify.annotations.Nullable;

/** A connection in a pool. Fields that are not final need the destination's lock. */
final class PooledConnection<C> {
  final Connections<C> home;
  final EndpointPool<C> endpoint;
  final C connection;
  final PortReservation reservation;

  /** What it has in common with callers' threads; asked once, because the connector is foreign. */
  final @Nullable Object affinity;

  /** Tick from which on it is not reused. */
  final long endOfLife;

  @Nullable PooledConnection<C> older;
  @Nullable PooledConnection<C> newer;
  ConnectionState state = ConnectionState.LEASED;
  long idleSince;
  long uses;
  @Nullable LeaseRef<C> lease;

  PooledConnection(
      Connections<C> home,
      EndpointPool<C> endpoint,
      C connection,
      PortReservation reservation,
      @Nullable Object affinity,
      long endOfLife) {
    this.home = home;
    this.endpoint = endpoint;
    this.connection = connection;
    this.reservation = reservation;
    this.affinity = affinity;
    this.endOfLife = endOfLife;
  }

  boolean isOld(long now, long maxUses) {
    return endOfLife - now <= 0 || uses >= maxUses;
  }
}
