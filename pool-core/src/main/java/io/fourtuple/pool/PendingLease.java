package io.fourtuple.pool;

import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of an acquire. Whoever loses the race between a lease and a cancellation gives way: a
 * lease that arrives too late goes back.
 */
final class PendingLease<C> extends CompletableFuture<Lease<C>> implements AcquireCallback<C> {
  private volatile @Nullable Cancellable waiting;

  /** Says how to give up waiting. */
  void waiting(Cancellable handle) {
    waiting = handle;
    if (isCancelled()) {
      handle.cancel();
    }
  }

  @Override
  public void acquired(Lease<C> lease) {
    if (!complete(lease)) {
      lease.close();
    }
  }

  @Override
  public void failed(IOException why) {
    completeExceptionally(why);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    Cancellable handle = waiting;
    if (handle != null) {
      handle.cancel();
    }
    return cancelled;
  }
}
