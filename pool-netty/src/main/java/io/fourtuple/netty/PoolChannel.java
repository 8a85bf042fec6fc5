package io.fourtuple.netty;

import io.fourtuple.netty.SocketErrors.Verdict;
import io.fourtuple.pool.ConnectFailure;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One channel of a {@link BudgetedChannelPool}, from its connect on, at the head of its pipeline:
 * connects it, and sees who closes it first. Hears nothing of messages, so it costs none of them
 * anything: Netty passes over handlers that override no method of theirs.
 *
 * <p>Belongs to the event loop, but for what says otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is closed is heard by its close future
final class PoolChannel extends ChannelDuplexHandler implements PortUse.Outcome {
  /** Survives the close, unlike the place in the pipeline. */
  private static final AttributeKey<PoolChannel> KEY =
      AttributeKey.valueOf(PoolChannel.class, "pooled");

  private final BootstrapConnector connector;
  private final Channel channel;
  private final ConnectRequest request;
  private final ConnectionEvents<Channel> events;
  private @Nullable PortUse use;
  private boolean isConnected;
  private boolean isCancelled;

  /** Who has closed first; null as long as nobody has, or nobody knows. */
  private volatile @Nullable Ending ending;

  private boolean wasLent;

  /** By whom it is used now; null for nobody. It keeps the lease, or that would count as lost. */
  private volatile @Nullable ChannelAcquire user;

  PoolChannel(
      BootstrapConnector connector,
      Channel channel,
      ConnectRequest request,
      ConnectionEvents<Channel> events) {
    this.connector = connector;
    this.channel = channel;
    this.request = request;
    this.events = events;
    channel.attr(KEY).set(this);
  }

  /** What a pool knows of a channel; null where it is no pool's. From any thread. */
  static @Nullable PoolChannel find(Channel channel) {
    return channel.attr(KEY).get();
  }

  // ---- the connect

  void connect(int millisLeft) {
    ChannelHandlerContext context = channel.pipeline().context(this);
    if (context == null) { // closed, or thrown out, by the user's hook
      channel.unsafe().closeForcibly();
      request.reservation().settle(Ending.ABANDONED);
      events.failed(
          new ConnectFailure(
              ConnectFailure.Kind.HOST,
              new IllegalStateException("channelCreated has closed " + channel)));
      return;
    }
    ChannelSocket.closeWithLoop(channel);
    channel.closeFuture().addListener(closed -> ends()); // before the use settles its port
    PortUse begun = new PortUse(channel, request.reservation(), connector.binds(), this);
    use = begun;
    int configured = channel.config().getConnectTimeoutMillis();
    begun.begin(
        context,
        request.reservation().route().endpoint().toSocketAddress(),
        configured > 0 ? Math.min(configured, millisLeft) : millisLeft);
  }

  void cancel() {
    if (!isConnected) {
      isCancelled = true;
      resetOnClose();
      channel.close();
    }
  }

  @Override
  public void connected() {
    isConnected = true;
    connector.open().add(this);
    events.connected(channel);
    // After the use's own listener, which settles the port, and after the pool knows the channel.
    channel
        .closeFuture()
        .addListener(
            closed -> {
              connector.open().remove(this);
              events.closed();
            });
  }

  @Override
  public void failed(Verdict verdict, Throwable cause) {
    channel.unsafe().closeForcibly(); // it survives a failed bind
    if (isCancelled) {
      var why = new CancellationException("connect was cancelled");
      events.failed(new ConnectFailure(ConnectFailure.Kind.CANCELLED, why));
      return;
    }
    if (verdict.kind() == ConnectFailure.Kind.ENDPOINT) {
      connector.connectFailed();
    }
    events.failed(new ConnectFailure(verdict.kind(), cause));
  }

  // ---- who closes first

  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    closesFirst(connector.resetsAll() ? Ending.RESET : Ending.UNKNOWN);
    context.close(promise);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelOutputShutdownEvent) {
      closesFirst(Ending.UNKNOWN);
    } else if (event instanceof ChannelInputShutdownEvent) {
      closesFirst(Ending.PEER_CLOSED_FIRST);
    }
    context.fireUserEventTriggered(event);
  }

  private void closesFirst(Ending how) {
    if (ending == null) {
      ending = how;
    }
  }

  /**
   * The channel is closed. Where nobody on this side has done that, Netty has: at the end of the
   * stream, or because the connection is broken, or because the loop ends.
   */
  private void ends() {
    closesFirst(channel.eventLoop().isShuttingDown() ? Ending.UNKNOWN : Ending.PEER_CLOSED_FIRST);
    Ending seen = ending;
    if (use != null && seen != null) {
      use.endingIfUnknown(seen);
    }
  }

  // ---- the pool's close

  /** From any thread. */
  void close(CloseMode mode) {
    if (channel.eventLoop().inEventLoop()) {
      closeNow(mode);
      return;
    }
    try {
      channel.eventLoop().execute(() -> closeNow(mode));
    } catch (RejectedExecutionException shutDown) {
      // The loop has closed its channels.
    }
  }

  private void closeNow(CloseMode mode) {
    if (mode == CloseMode.RESET && mayReset()) {
      resetOnClose();
    }
    channel.close();
  }

  /** As {@link IdleReset#WHERE_USEFUL} says. */
  private boolean mayReset() {
    return request.reservation().route().source().selection() != PortSelection.OWNED
        && channel.pipeline().get(SslHandler.class) == null;
  }

  private void resetOnClose() {
    if (use != null) {
      use.resetOnClose();
    }
  }

  // ---- its use

  Channel channel() {
    return channel;
  }

  /** Whether it can be lent, as far as is known. From any thread. */
  boolean isUsable() {
    return ending == null && channel.isActive();
  }

  /** Whether nobody has had it yet, so that it needs no check. */
  boolean isFresh() {
    return !wasLent;
  }

  /** By whom it is used now; null for nobody. From any thread. */
  @Nullable ChannelAcquire user() {
    return user;
  }

  void lendTo(ChannelAcquire acquire) {
    wasLent = true;
    user = acquire;
  }

  void takeBack() {
    user = null;
  }
}
