package io.fourtuple.netty;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One acquire of a {@link BudgetedChannelPool}, and the use of the channel that it gets: enters the
 * gate, asks the pool for connections until one is sound, and hands it over; leaves the gate when
 * the channel is released, or there is none. Its steps follow one another, on any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of a release that nobody waits for
final class ChannelAcquire implements AcquireCallback<Channel> {
  private final BudgetedChannelPool pool;
  private final Promise<Channel> promise;
  private final AtomicBoolean isInside = new AtomicBoolean();
  private Deadline deadline;
  private boolean hasMoreTime;
  private boolean goesOn;
  private boolean hasMetClosed;

  private volatile @Nullable Cancellable timer;
  private volatile @Nullable Cancellable waiting;
  private volatile @Nullable Lease<Channel> lease;

  ChannelAcquire(BudgetedChannelPool pool, Promise<Channel> promise) {
    this.pool = pool;
    this.promise = promise;
    this.deadline = Deadline.after(pool.now(), pool.settings().patience());
  }

  // ---- the gate

  void begin() {
    switch (pool.gate().enter(this)) {
      case ENTERED -> entered();
      case WAITS -> {
        Duration timeout = pool.settings().acquireTimeout();
        if (timeout != null) {
          timer = pool.scheduler().schedule(this::timedOutOutside, timeout);
        }
      }
      case FULL -> promise.tryFailure(PoolFailures.full(pool));
      case CLOSED -> promise.tryFailure(PoolFailures.closed(pool));
    }
    promise.addListener(
        done -> {
          if (done.isCancelled()) {
            cancelled();
          }
        });
  }

  /** Another has left. Never at once: a chain of acquires that fail must not grow the stack. */
  void enterLater() {
    try {
      pool.executor().execute(this::entered);
    } catch (RejectedExecutionException shutDown) {
      GlobalEventExecutor.INSTANCE.execute(this::entered);
    }
  }

  private void entered() {
    stopTimer();
    isInside.set(true);
    if (promise.isDone()) {
      leave();
      return;
    }
    ask();
  }

  private void timedOutOutside() {
    if (!pool.settings().opensNewOnTimeout()) {
      if (pool.gate().remove(this)) {
        promise.tryFailure(PoolFailures.timedOut(pool));
      }
    } else if (pool.gate().force(this)) {
      deadline = Deadline.after(pool.now(), pool.settings().patience());
      entered();
    }
  }

  private void stopTimer() {
    Cancellable running = timer;
    if (running != null) {
      running.cancel();
    }
  }

  /** Leaves the gate, once. */
  void leave() {
    if (isInside.compareAndSet(true, false)) {
      ChannelAcquire next = pool.gate().leave();
      if (next != null) {
        next.enterLater();
      }
    }
  }

  /** The pool is closed, and this has never entered. */
  void refuse() {
    stopTimer();
    promise.tryFailure(PoolFailures.closed(pool));
  }

  private void cancelled() {
    stopTimer();
    pool.gate().remove(this);
    Cancellable asked = waiting;
    if (asked != null) {
      asked.cancel();
    }
    leave();
  }

  // ---- a connection

  private void ask() {
    if (pool.destination().isKnown()) {
      pool.destination().find(this::ask, this::fail);
    } else {
      askWhenResolved();
    }
  }

  /** A resolver may take its time, or not answer at all. */
  private void askWhenResolved() {
    Cancellable patience =
        pool.scheduler()
            .schedule(() -> fail(PoolFailures.unresolved(pool)), deadline.left(pool.now()));
    pool.destination()
        .find(
            found -> {
              patience.cancel();
              ask(found);
            },
            why -> {
              patience.cancel();
              fail(why);
            });
  }

  private void ask(Destination destination) {
    if (promise.isDone()) {
      leave();
      return;
    }
    waiting = pool.connections().acquire(destination, deadline.left(pool.now()), this);
    if (promise.isCancelled()) {
      cancelled(); // before there was anything to be cancelled
    }
  }

  /** What was lent is of no use. */
  private void askAgain() {
    goesOn = true;
    ask();
  }

  @Override
  public void failed(IOException why) {
    if (why instanceof AcquireTimeoutException && !hasMoreTime) {
      // There is a port, and the connect is under way, for which the time-out is not meant.
      hasMoreTime = true;
      deadline = Deadline.after(pool.now(), pool.settings().connectTimeout());
      askAgain();
    } else {
      fail(PoolFailures.of(why));
    }
  }

  private void fail(Throwable why) {
    leave(); // first, so that who is told finds room
    promise.tryFailure(why);
  }

  @Override
  public void acquired(Lease<Channel> lent) {
    EventLoop loop = lent.connection().eventLoop();
    if (loop.inEventLoop() && !goesOn) {
      check(lent);
      return;
    }
    try {
      loop.execute(() -> check(lent)); // also there: many unfit ones must not grow the stack
    } catch (RejectedExecutionException shutDown) {
      lent.discard();
      fail(shutDown);
    }
  }

  private void check(Lease<Channel> lent) {
    Channel channel = lent.connection();
    PoolChannel pooled = PoolChannel.find(channel);
    if (pooled == null) {
      throw new IllegalStateException("not a channel of this pool: " + channel);
    }
    if (promise.isDone()) {
      lent.close();
      leave();
    } else if (!pooled.isFresh()) {
      checkHealth(lent, pooled);
    } else if (pooled.isUsable()) {
      handOver(lent, pooled);
    } else {
      closedSoon(lent);
    }
  }

  /** The peer does not want a new one, which may be so each time. */
  private void closedSoon(Lease<Channel> lent) {
    lent.discard();
    if (hasMetClosed) {
      fail(new ClosedChannelException());
    } else {
      hasMetClosed = true;
      askAgain();
    }
  }

  private void checkHealth(Lease<Channel> lent, PoolChannel pooled) {
    Future<Boolean> health;
    try {
      health =
          Objects.requireNonNull(
              pool.healthChecker().isHealthy(pooled.channel()), "isHealthy must not return null");
    } catch (RuntimeException | Error e) {
      lent.discard();
      fail(e);
      return;
    }
    PoolFutures.whenDone(health, pooled.channel(), () -> checked(health, lent, pooled));
  }

  private void checked(Future<Boolean> health, Lease<Channel> lent, PoolChannel pooled) {
    if (PoolFutures.isTrue(health) && pooled.isUsable()) {
      handOver(lent, pooled);
    } else {
      lent.discard();
      askAgain();
    }
  }

  private void handOver(Lease<Channel> lent, PoolChannel pooled) {
    lease = lent;
    pooled.lendTo(
        this); // before the look at the gate: whoever closes it looks for users afterwards
    try {
      if (pool.gate().isClosed()) {
        throw PoolFailures.closed(pool);
      }
      pool.handler().channelAcquired(pooled.channel());
    } catch (Exception | Error e) {
      pooled.takeBack();
      lent.discard();
      fail(e);
      return;
    }
    if (!promise.trySuccess(pooled.channel())) {
      pool.release(pooled.channel()); // it was cancelled meanwhile
    }
  }

  // ---- the end of the use

  BudgetedChannelPool pool() {
    return pool;
  }

  /** Gives the channel back, to be lent again or to be closed. */
  void end(boolean isReusable) {
    Lease<Channel> ended = lease;
    lease = null;
    if (ended != null && isReusable) {
      ended.close();
    } else if (ended != null) {
      ended.discard();
    }
    leave();
  }
}
