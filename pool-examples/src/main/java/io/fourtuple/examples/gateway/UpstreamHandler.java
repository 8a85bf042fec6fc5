package io.fourtuple.examples.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's side of a pooled connection: tells whichever exchange has leased it what comes. An
 * exchange lives on the event loop of its client, which need not be this one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is heard of
final class UpstreamHandler extends ChannelInboundHandlerAdapter {
  /** A channel that has closed keeps its attributes, but not its handlers. */
  private static final AttributeKey<UpstreamHandler> KEY =
      AttributeKey.valueOf(UpstreamHandler.class, "handler");

  private volatile @Nullable Exchange exchange;

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
