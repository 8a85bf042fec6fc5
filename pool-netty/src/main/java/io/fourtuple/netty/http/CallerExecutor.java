package io.fourtuple.netty.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs callbacks on the thread that waits in {@code send}, which saves a change of threads. While
 * it is busy with one, which may block, others run elsewhere; and so they do when it has gone.
 */
final class CallerExecutor implements Executor {
  private static final Waits WAITS = new Waits();

  private static final class Waits implements Runnable {
    @Override
    public void run() {}
  }

  private final Executor others;
  private final Thread caller = Thread.currentThread();

  /** {@link #WAITS}, or what the caller is about to run; null while it is busy, or gone. */
  private final AtomicReference<@Nullable Runnable> next = new AtomicReference<>();

  CallerExecutor(Executor others) {
    this.others = others;
  }

  @Override
  public void execute(Runnable task) {
    if (next.compareAndSet(WAITS, task)) {
      LockSupport.unpark(caller);
    } else {
      others.execute(task);
    }
  }

  /** The future may have been completed. */
  void wake() {
    LockSupport.unpark(caller);
  }

  /** Runs what there is until the future is done; the caller's thread only. */
  void runUntilDone(CompletableFuture<?> future) throws InterruptedException {
    while (!future.isDone()) {
      next.set(WAITS);
      Runnable task = await(future);
      if (task != null) {
        task.run();
      }
    }
  }

  /** Returns null where the future is done. */
  @SuppressWarnings("ReferenceEquality") // the very object
  private @Nullable Runnable await(CompletableFuture<?> future) throws InterruptedException {
    Runnable task;
    while ((task = next.get()) == WAITS) {
      boolean isDone = future.isDone();
      boolean isInterrupted = !isDone && Thread.interrupted();
      if (isDone || isInterrupted) {
        task = next.getAndSet(null);
        if (task != WAITS && task != null) {
          others.execute(task);
        }
        if (isInterrupted) {
          throw new InterruptedException();
        }
        return null;
      }
      LockSupport.park(this);
    }
    next.set(null);
    return task;
  }
}
