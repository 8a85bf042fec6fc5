package io.fourtuple.netty;

import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** One GET on a leased connection. */
@SuppressWarnings("FutureReturnValueIgnored") // The answer tells.
final class HttpCall {
  private static final AttributeKey<CompletableFuture<String>> ANSWER =
      AttributeKey.valueOf(HttpCall.class, "answer");

  private HttpCall() {}

  /** A connector's handler for calls. */
  static void prepare(Channel channel, Destination destination) {
    channel
        .pipeline()
        .addLast(
            new HttpClientCodec(),
            new HttpObjectAggregator(1 << 16),
            new SimpleChannelInboundHandler<FullHttpResponse>() {
              @Override
              protected void channelRead0(ChannelHandlerContext context, FullHttpResponse answer) {
                context
                    .channel()
                    .attr(ANSWER)
                    .get()
                    .complete(answer.content().toString(StandardCharsets.US_ASCII));
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
                CompletableFuture<String> open = context.channel().attr(ANSWER).get();
                if (open != null) {
                  open.completeExceptionally(cause);
                }
              }
            });
  }

  /** Completes with the body of the answer. */
  static CompletableFuture<String> on(Lease<Channel> lease) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    lease.connection().attr(ANSWER).set(answer);
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER);
    request.headers().set(HttpHeaderNames.HOST, lease.route().endpoint().toString());
    lease
        .connection()
        .writeAndFlush(request)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
              }
            });
    return answer;
  }
}
