package io.fourtuple.netty;

import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** One byte to an {@link EchoServer}, and back. */
final class Exchange {
  private static final AttributeKey<CompletableFuture<Byte>> ANSWER =
      AttributeKey.valueOf(Exchange.class, "answer");

  private Exchange() {}

  /** A connector's handler for exchanges. */
  static void prepare(Channel channel, Destination destination) {
    channel
        .pipeline()
        .addLast(
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                byte answer = bytes.readByte();
                if (answer == EchoServer.CLOSE) {
                  PooledChannels.expectPeerClose(context.channel());
                }
                context.channel().attr(ANSWER).get().complete(answer);
              }

              @Override
              public void channelInactive(ChannelHandlerContext context) {
                fail(context, new IOException("closed before the answer"));
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                fail(context, cause);
              }

              private void fail(ChannelHandlerContext context, Throwable cause) {
                CompletableFuture<Byte> open = context.channel().attr(ANSWER).get();
                if (open != null) {
                  open.completeExceptionally(cause);
                }
              }
            });
  }

  /** Sends {@code request}; completes with the answer. */
  static CompletableFuture<Byte> on(Lease<Channel> lease, byte request) {
    CompletableFuture<Byte> answer = new CompletableFuture<>();
    lease.connection().attr(ANSWER).set(answer);
    lease
        .connection()
        .writeAndFlush(Unpooled.copiedBuffer(new byte[] {request}))
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
              }
            });
    return answer;
  }
}
