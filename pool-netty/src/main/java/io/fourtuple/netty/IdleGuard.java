package io.fourtuple.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands between TLS and the user's handlers; without TLS {@link NettyConnection} does this. Behind
 * TLS, because a TLS peer may send session tickets and key updates at any time; before the user's
 * handlers, because they must not see what belongs to no request.
 */
final class IdleGuard extends ChannelInboundHandlerAdapter {
  private final NettyConnection connection;
  private final boolean moreFollows;

  /**
   * @param moreFollows whether a handshake of the user's is to come
   */
  IdleGuard(NettyConnection connection, boolean moreFollows) {
    this.connection = connection;
    this.moreFollows = moreFollows;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (connection.mayRead()) {
      context.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
      connection.unexpectedBytes();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // The user's handlers first: one of them may still have to set up the protocol of ALPN.
    context.fireUserEventTriggered(event);
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (!handshake.isSuccess()) {
        connection.handshakeFailed(handshake.cause());
      } else if (!moreFollows) {
        connection.ready();
      }
    } else if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
      connection.peerSaidGoodbye();
    }
  }
}
