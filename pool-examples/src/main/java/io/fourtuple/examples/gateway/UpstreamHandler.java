package io.fourtuple.examples.gateway;

import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of a pooled connection: tells whichever exchange has leased it what comes. An
 * exchange lives on the event loop of its client, which need not be this one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is heard of
final class UpstreamHandler extends ChannelInboundHandlerAdapter {
  /** How long an upstream may take to close that has said that it does. */
  static final Duration PEER_CLOSES_WITHIN = Duration.ofMillis(20);

  /** A channel that has closed keeps its attributes, but not its handlers. */
  private static final AttributeKey<UpstreamHandler> KEY =
      AttributeKey.valueOf(UpstreamHandler.class, "handler");

  private final SlowClosers slowClosers;
  private final Consumer<Channel> reset;
  private volatile @Nullable Exchange exchange;

  /** Makes it, with what resets a pooled connection. */
  UpstreamHandler(SlowClosers slowClosers, Consumer<Channel> reset) {
    this.slowClosers = slowClosers;
    this.reset = reset;
  }

  static UpstreamHandler of(Channel channel) {
    return channel.attr(KEY).get();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.channel().attr(KEY).set(this);
  }

  /** The exchange that has the lease; null when it ends. From any thread. */
  void lentTo(@Nullable Exchange to) {
    exchange = to;
  }

  /**
   * Ends a lease whose upstream has said that it closes. TIME_WAIT is its own then; where it leaves
   * closing to us, a reset spares us ours, and cuts nothing off: the response is there.
   */
  void endWithPeer(Channel channel, Lease<Channel> lease) {
    SocketAddress upstream = channel.remoteAddress();
    channel.closeFuture().addListener(closed -> lease.discard());
    if (upstream == null || slowClosers.contains(upstream)) {
      reset.accept(channel);
      return;
    }
    Runnable tooLate =
        () -> {
          slowClosers.add(upstream);
          reset.accept(channel);
        };
    Future<?> timer =
        channel.eventLoop().schedule(tooLate, PEER_CLOSES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(closed -> timer.cancel(false));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    Exchange to = exchange;
    if (to == null) {
      ReferenceCountUtil.release(message);
      context.close(); // nobody has asked
    } else {
      to.onLoop(() -> to.fromUpstream(context.channel(), message));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    Exchange to = exchange;
    if (to != null) {
      to.onLoop(() -> to.upstreamPaused(context.channel()));
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Exchange to = exchange;
    if (to != null && context.channel().isWritable()) {
      to.onLoop(to::upstreamWritable);
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    Exchange to = exchange;
    if (to != null) {
      to.onLoop(() -> to.upstreamGone(context.channel(), null));
    }
    context.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Exchange to = exchange;
    if (to != null) {
      to.onLoop(() -> to.upstreamGone(context.channel(), cause));
    }
    context.close();
  }
}
