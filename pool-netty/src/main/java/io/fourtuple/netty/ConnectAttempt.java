package io.fourtuple.netty;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection: socket, bind, connect, each a step of its own, because the same errno means
 * different things in bind and in connect. From the connect on, {@link NettyConnection} carries on.
 *
 * <p>Belongs to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // each step's promise is heard
final class ConnectAttempt implements Cancellable {
  /** By how much a loop is late at least where a SYN may have waited for it. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final ConnectorSettings settings;
  private final ConnectRequest request;
  private final ConnectionEvents<Channel> events;
  private final LoopConnections connections;
  private final EventLoop loop;
  private final boolean binds;

  private @Nullable NettyConnection connection;
  private @Nullable ConnectFailure reason;
  private long sent; // tick of the connect; before it, of the attempt

  ConnectAttempt(
      ConnectRequest request,
      ConnectionEvents<Channel> events,
      LoopConnections connections,
      boolean binds) {
    this.request = request;
    this.events = events;
    this.connections = connections;
    this.settings = connections.settings();
    this.loop = connections.loop();
    this.binds = binds;
  }

  ConnectRequest request() {
    return request;
  }

  /** Why there will be no connection; null where nothing is known. */
  @Nullable ConnectFailure reason() {
    return reason;
  }

  /** Notes why there will be no connection, told once the port is settled. The first counts. */
  void reason(ConnectFailure.Kind kind, Throwable cause) {
    if (reason == null) {
      reason = new ConnectFailure(kind, cause);
    }
  }

  /** Begins; never throws. */
  void start() {
    LoopTask.run(
        loop,
        this::open,
        () ->
            giveUp(
                ConnectFailure.Kind.HOST, new RejectedExecutionException("event loop shut down")));
  }

  @Override
  public void cancel() {
    try {
      // After open(), for the loop keeps the order.
      loop.execute(
          () -> {
            if (connection != null) {
              connection.cancel();
            }
          });
    } catch (RejectedExecutionException shutDown) {
      // The loop has ended this attempt, too.
    }
  }

  /** {@link NettyConnector#whenOverdue}. */
  void whenOverdue(Duration time, Runnable task) {
    long asked = settings.ticker().read();
    LoopTask.run(loop, () -> whenOverdue(asked, time.toNanos(), task), () -> {});
  }

  private void whenOverdue(long asked, long nanos, Runnable task) {
    long now = settings.ticker().read();
    long begun = now - asked > LATE_NANOS ? now : sent; // io_uring sends after the loop's tasks
    loop.schedule(task, begun + nanos - now, TimeUnit.NANOSECONDS); // after what is to be read
  }

  /** Ends what the kernel never heard of. */
  private void giveUp(ConnectFailure.Kind kind, Throwable cause) {
    try {
      request.reservation().settle(Ending.ABANDONED);
    } finally {
      events.failed(new ConnectFailure(kind, cause));
    }
  }

  private void open() {
    sent = settings.ticker().read();
    if (request.deadline().nanosLeft(sent) == 0) {
      giveUp(
          ConnectFailure.Kind.CANCELLED,
          new CancellationException("deadline over before the connect began"));
      return;
    }
    if (connections.isEnding()) {
      giveUp(ConnectFailure.Kind.HOST, new RejectedExecutionException("event loop shut down"));
      return;
    }
    SocketChannel channel;
    try {
      channel = settings.transport().newChannel(request.reservation().route().endpoint().address());
    } catch (RuntimeException | Error e) {
      giveUp(ConnectFailure.Kind.HOST, e);
      return;
    }
    NettyConnection opened = new NettyConnection(channel, connections, this, events);
    try {
      configure(channel, opened);
    } catch (RuntimeException | Error e) {
      channel.unsafe().closeForcibly();
      giveUp(ConnectFailure.Kind.HOST, e);
      return;
    }
    loop.register(channel).addListener((ChannelFuture done) -> registered(done, opened));
  }

  private void configure(SocketChannel channel, NettyConnection opened) {
    settings.options().forEach(option -> option.set(channel));
    channel
        .config()
        .setConnectTimeoutMillis(0) // see endInTime
        .setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.pipeline().addLast(opened);
  }

  private void registered(ChannelFuture done, NettyConnection opened) {
    if (!done.isSuccess()) {
      done.channel().unsafe().closeForcibly();
      giveUp(ConnectFailure.Kind.HOST, done.cause());
      return;
    }
    connection = opened;
    opened.watch();
    try {
      bindAndConnect((SocketChannel) done.channel(), opened);
    } catch (RuntimeException | Error e) {
      opened.fail(new Verdict(Ending.ABANDONED, ConnectFailure.Kind.HOST), e);
    }
  }

  private void bindAndConnect(SocketChannel channel, NettyConnection opened) {
    PortReservation reservation = request.reservation();
    boolean bindsNow =
        reservation.binds() && (binds || reservation.route().source().selection().ledgerPicks());
    if (!bindsNow) {
      reservation.connecting();
      connect(channel, opened);
      return;
    }
    var local = LocalBinding.prepare(channel, reservation);
    reservation.connecting();
    ChannelSocket.bind(
        channel,
        channel,
        local,
        step(
            channel,
            () -> connect(channel, opened),
            error -> opened.fail(SocketErrors.ofBind(error, local.getAddress()), error)));
  }

  private void connect(Channel channel, NettyConnection opened) {
    opened.connecting();
    ChannelPromise connected =
        step(
            channel,
            () -> {}, // the channel's becoming active is what counts
            error -> opened.fail(SocketErrors.ofConnect(error), error));
    channel.connect(request.reservation().route().endpoint().toSocketAddress(), connected);
    sent = settings.ticker().read();
    if (!connected.isDone()) {
      endInTime(connected);
    }
  }

  /**
   * Netty's own time-out would do the same, but its channels keep the timer (64 bytes) for good.
   */
  private void endInTime(ChannelPromise connect) {
    Duration left = Duration.ofNanos(request.deadline().nanosLeft(sent));
    Duration timeout =
        left.compareTo(settings.connectTimeout()) < 0 ? left : settings.connectTimeout();
    Future<?> timer =
        loop.schedule(
            () -> connect.tryFailure(timedOut(timeout)), timeout.toNanos(), TimeUnit.NANOSECONDS);
    connect.addListener(done -> timer.cancel(false));
  }

  private ConnectTimeoutException timedOut(Duration timeout) {
    return new ConnectTimeoutException(
        "connection timed out after "
            + timeout.toMillis()
            + " ms: "
            + request.reservation().route().endpoint());
  }

  /** A promise that is heard from the beginning: a step may fail, and close, before it returns. */
  private static ChannelPromise step(
      Channel channel, Runnable succeeded, Consumer<Throwable> failed) {
    ChannelPromise promise = channel.newPromise();
    promise.addListener(
        done -> {
          if (done.isSuccess()) {
            succeeded.run();
          } else {
            failed.accept(done.cause());
          }
        });
    return promise;
  }
}
