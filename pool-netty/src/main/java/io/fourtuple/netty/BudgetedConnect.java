package io.fourtuple.netty;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import io.fourtuple.time.Deadline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connect through {@link PortBudgetHandler}, whose place in the pipeline it has until it is
 * known how the connect went: asks for a port, waits for one, tries another where the bind refuses
 * it.
 *
 * <p>Belongs to the event loop, but for what {@link PortQueues.Waiter} says.
 */
@SuppressWarnings("FutureReturnValueIgnored") // promises are heard where it matters
final class BudgetedConnect extends ChannelOutboundHandlerAdapter
    implements PortQueues.Waiter, PortUse.Outcome {
  /** How many ports of a route the kernel may refuse in a row before the route rests. */
  private static final int MOST_REFUSALS = 8;

  /** Netty's own default, for channels that are told to wait for ever. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Sources sources;
  private final PortQueues queues;
  private final List<Route> routes;
  private final InetSocketAddress remote;
  private final ChannelPromise promise;
  private final long since;
  private final Deadline deadline;

  /** A port on its way to the event loop, which may end meanwhile. */
  private final AtomicReference<@Nullable PortReservation> granted = new AtomicReference<>();

  private @Nullable ChannelHandlerContext context;
  private @Nullable PortUse use;
  private @Nullable Future<?> timer;
  private boolean isOver;
  private int refusals;

  BudgetedConnect(
      Sources sources,
      PortQueues queues,
      List<Route> routes,
      InetSocketAddress remote,
      ChannelPromise promise) {
    this.sources = sources;
    this.queues = queues;
    this.routes = routes;
    this.remote = remote;
    this.promise = promise;
    this.since = ledger().ticker().read();
    int millis = promise.channel().config().getConnectTimeoutMillis();
    this.deadline = Deadline.after(since, millis > 0 ? Duration.ofMillis(millis) : LONGEST);
  }

  private PortLedger ledger() {
    return sources.ledger();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  /** Begins; once added to the pipeline. */
  void begin() {
    promise.addListener(
        done -> {
          if (done.isCancelled()) {
            cancelled();
          }
        });
    promise.channel().closeFuture().addListener(closed -> closed());
    ask();
  }

  private void ask() {
    PortReservation reservation = queues.tryReserve(routes);
    if (reservation != null) {
      connect(reservation);
    } else if (!queues.add(this, routes)) {
      fail(queues.exhausted(routes, waited(), queues.untilFree(routes)));
    } else if (timer == null && !isOver) {
      timer =
          promise.channel().eventLoop().schedule(this::timedOut, nanosLeft(), TimeUnit.NANOSECONDS);
    }
  }

  private long nanosLeft() {
    return deadline.nanosLeft(ledger().ticker().read());
  }

  private Duration waited() {
    return Duration.ofNanos(ledger().ticker().read() - since);
  }

  private void connect(PortReservation reservation) {
    ChannelHandlerContext own = context;
    if (isOver || own == null || !own.channel().isOpen()) {
      reservation.settle(Ending.ABANDONED);
      return;
    }
    PortUse begun = new PortUse(own, reservation, sources.binds(), this);
    use = begun;
    long millis = TimeUnit.NANOSECONDS.toMillis(nanosLeft());
    begun.begin(remote, (int) Math.max(1, Math.min(millis, Integer.MAX_VALUE)));
  }

  // ---- the queue's answers, on any thread

  @Override
  public long since() {
    return since;
  }

  @Override
  public Deadline deadline() {
    return deadline;
  }

  @Override
  public void granted(PortReservation reservation) {
    granted.set(reservation);
    if (!onLoop(this::take) || promise.channel().eventLoop().isShutdown()) {
      giveBack(); // the loop may have taken the task, and ended without running it
    }
  }

  @Override
  public void refused(PortsExhaustedException why) {
    onLoop(() -> fail(why));
  }

  private boolean onLoop(Runnable task) {
    try {
      promise.channel().eventLoop().execute(task);
      return true;
    } catch (RejectedExecutionException shutDown) {
      return false;
    }
  }

  private void take() {
    PortReservation reservation = granted.getAndSet(null);
    if (reservation != null) {
      connect(reservation);
    }
  }

  private void giveBack() {
    PortReservation reservation = granted.getAndSet(null);
    if (reservation != null) {
      reservation.settle(Ending.ABANDONED);
    }
  }

  // ---- how the connect goes

  @Override
  public void connected() {
    if (end()) {
      promise.trySuccess();
    }
  }

  @Override
  public void failed(Verdict verdict, Throwable cause) {
    Channel channel = promise.channel();
    PortUse failed = use;
    if (isOver || failed == null) {
      return;
    }
    use = null;
    Route route = failed.reservation().route();
    if (verdict.kind() != ConnectFailure.Kind.LOCAL_PORT) {
      fail(cause);
    } else if (!channel.isOpen()) {
      fail(
          new PortRefusedException(
              route, failed.reservation().port(), ledger().census(route), cause));
    } else {
      refusals++;
      if (refusals % MOST_REFUSALS == 0) {
        ledger().coolDown(route);
      }
      // Never at once: a chain of refused ports must not grow the stack.
      onLoop(this::askAgain);
    }
  }

  private void askAgain() {
    if (!isOver) {
      ask();
    }
  }

  private void timedOut() {
    if (use == null && queues.remove(this, routes)) {
      fail(queues.exhausted(routes, waited(), queues.untilFree(routes)));
    }
  }

  /** The caller does not want it any more: what is there is reset, as the loser of a race is. */
  private void cancelled() {
    ChannelHandlerContext own = context;
    if (end() && own != null) {
      resetOnClose();
      own.close();
    }
  }

  private void closed() {
    if (use == null) {
      fail(new ClosedChannelException()); // netty tells only those whose connect has reached it
    }
  }

  @Override
  public void close(ChannelHandlerContext own, ChannelPromise closed) {
    resetOnClose();
    own.close(closed);
  }

  private void resetOnClose() {
    if (use != null) {
      use.resetOnClose();
    }
  }

  private void fail(Throwable why) {
    if (end()) {
      promise.tryFailure(why);
    }
  }

  /** Leaves queue and pipeline; false where it has already. */
  private boolean end() {
    ChannelHandlerContext own = context;
    if (isOver || own == null) {
      return false;
    }
    isOver = true;
    queues.remove(this, routes);
    if (timer != null) {
      timer.cancel(false);
    }
    if (!own.isRemoved()) {
      own.pipeline().remove(this);
    }
    return true;
  }
}
