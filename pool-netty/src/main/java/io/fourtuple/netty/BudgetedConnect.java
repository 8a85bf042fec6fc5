package io.fourtuple.netty;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortQueues;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import io.fourtuple.time.Deadline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
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

  private final ChannelHandler handler;
  private final Sources sources;
  private final PortQueues queues;
  private final List<Route> routes;
  private final InetSocketAddress remote;
  private final ChannelPromise promise;
  private final long since;
  private final Deadline deadline;

  private final ChannelFutureListener whenClosed = done -> closed();
  private @Nullable ChannelHandlerContext context;
  private @Nullable PortUse use;
  private @Nullable Future<?> timer;
  private boolean isOver;
  private int refusals;

  /**
   * The connect.
   *
   * @param handler whose place it takes, and which gets it back where the channel may connect again
   */
  BudgetedConnect(
      ChannelHandler handler,
      Sources sources,
      PortQueues queues,
      List<Route> routes,
      InetSocketAddress remote,
      ChannelPromise promise) {
    this.handler = handler;
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
    promise.channel().closeFuture().addListener(whenClosed);
    ChannelSocket.closeWithLoop(promise.channel());
    ask();
  }

  private void ask() {
    if (isOver || !promise.channel().isOpen()) {
      return;
    }
    if (refusals > 0 && nanosLeft() == 0) {
      failExhausted();
      return;
    }
    // Whoever was served and refused does not go to the end of the queue.
    PortReservation reservation =
        refusals > 0 ? ledger().tryReserve(routes) : queues.tryReserve(routes);
    if (reservation != null) {
      connect(reservation);
    } else if (ledger().enforcement() == Enforcement.OBSERVE) {
      letPass();
    } else if (!queues.add(this, routes)) {
      failExhausted();
    } else if (timer == null) {
      timer =
          promise.channel().eventLoop().schedule(this::timedOut, nanosLeft(), TimeUnit.NANOSECONDS);
    }
  }

  /** The route rests after refusals of the kernel, and nobody may wait for that. */
  private void letPass() {
    ChannelHandlerContext own = context;
    if (end(false) && own != null) {
      own.connect(remote, promise);
    }
  }

  private void failExhausted() {
    fail(queues.exhausted(routes, waited(), queues.untilFree(routes)));
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
    PortUse begun = new PortUse(own.channel(), reservation, sources.binds(), this);
    use = begun;
    begun.begin(own, remote, timeoutMillis(own.channel(), reservation));
  }

  /** What is left of the deadline; the channel's own where the connect is only observed. */
  private int timeoutMillis(Channel channel, PortReservation reservation) {
    if (!reservation.binds() && timer == null) {
      return channel.config().getConnectTimeoutMillis();
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(nanosLeft());
    return (int) Math.max(1, Math.min(millis, Integer.MAX_VALUE));
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
    LoopTask.run(
        promise.channel().eventLoop(),
        () -> connect(reservation),
        () -> reservation.settle(Ending.ABANDONED));
  }

  @Override
  public void refused(PortsExhaustedException why) {
    onLoop(() -> fail(why));
  }

  private void onLoop(Runnable task) {
    try {
      promise.channel().eventLoop().execute(task);
    } catch (RejectedExecutionException shutDown) {
      // It has closed the channel, which has ended this.
    }
  }

  // ---- how the connect goes

  @Override
  public void connected() {
    ChannelHandlerContext own = context;
    if (end(false) && !promise.trySuccess() && own != null) {
      resetOnClose(); // it is cancelled, and the event loop is yet to hear of it
      own.close();
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
    if (verdict.kind() != ConnectFailure.Kind.LOCAL_PORT || !failed.reservation().binds()) {
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
      onLoop(this::ask);
    }
  }

  private void timedOut() {
    timer = null; // a port that is on its way may be refused, and then there is another wait
    if (queues.remove(this, routes)) {
      failExhausted();
    }
  }

  /** The caller does not want it any more: what is there is reset, as the loser of a race is. */
  private void cancelled() {
    ChannelHandlerContext own = context;
    if (end(false) && own != null) {
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
    if (end(promise.channel().isOpen())) {
      promise.tryFailure(why);
    }
  }

  /** Leaves queue and pipeline; false where it has already. */
  private boolean end(boolean mayConnectAgain) {
    ChannelHandlerContext own = context;
    if (isOver || own == null) {
      return false;
    }
    isOver = true;
    own.channel().closeFuture().removeListener(whenClosed);
    queues.remove(this, routes);
    if (timer != null) {
      timer.cancel(false);
    }
    if (!own.isRemoved() && mayConnectAgain) {
      own.pipeline().replace(this, own.name(), handler);
    } else if (!own.isRemoved()) {
      own.pipeline().remove(this);
    }
    return true;
  }
}
