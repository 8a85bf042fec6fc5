package io.fourtuple.pool;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/** How the pool knows the key of a lease without keeping it alive. */
final class LeaseRef<C> extends WeakReference<Object> {
  final PooledConnection<C> connection;

  /** Number of the lease that is out. */
  final int lease;

  LeaseRef(PooledConnection<C> connection, Object key, ReferenceQueue<Object> lost) {
    super(key, lost);
    this.connection = connection;
    this.lease = (int) connection.leases();
  }
}
