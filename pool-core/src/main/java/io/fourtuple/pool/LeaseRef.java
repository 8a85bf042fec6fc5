package io.fourtuple.pool;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** How the pool knows the key of a lease without keeping it alive. */
final class LeaseRef<C> extends WeakReference<Object> {
  final PooledConnection<C> connection;

  /** Number of the lease that is out. */
  final int lease;

  /** Where it was acquired, if it is one of several; null where that was not recorded. */
  volatile @Nullable Throwable place;

  /** Nothing is told where {@code lost} is null. */
  LeaseRef(
      PooledConnection<C> connection,
      int lease,
      Object key,
      @Nullable ReferenceQueue<Object> lost) {
    super(key, lost);
    this.connection = connection;
    this.lease = lease;
  }
}
