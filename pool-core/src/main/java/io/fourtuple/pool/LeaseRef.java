package io.fourtuple.pool;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/** How a connection knows its lease without keeping it alive, so that a lost one is noticed. */
final class LeaseRef<C> extends WeakReference<Lease<C>> {
  final PooledConnection<C> connection;

  /** Where the lease was acquired, if that was recorded. */
  final @Nullable Throwable place;

  LeaseRef(
      Lease<C> lease,
      PooledConnection<C> connection,
      @Nullable Throwable place,
      ReferenceQueue<Lease<C>> lost) {
    super(lease, lost);
    this.connection = connection;
    this.place = place;
  }
}
