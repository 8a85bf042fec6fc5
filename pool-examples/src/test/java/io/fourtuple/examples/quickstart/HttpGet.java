package io.fourtuple.examples.quickstart;

import io.fourtuple.netty.PooledChannels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One blocking HTTP/1.1 exchange on a leased channel. */
final class HttpGet extends SimpleChannelInboundHandler<FullHttpResponse> {
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  private HttpGet() {}

  @SuppressWarnings("FutureReturnValueIgnored") // A failed write closes the channel.
  static String on(Channel channel) throws IOException, InterruptedException {
    HttpGet exchange = new HttpGet();
    channel.pipeline().addLast(exchange);
    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set(HttpHeaderNames.HOST, "shop.example");
    channel.writeAndFlush(request);
    try {
      String body = exchange.answer.get(10, TimeUnit.SECONDS);
      channel.pipeline().remove(exchange);
      return body;
    } catch (ExecutionException | TimeoutException e) {
      PooledChannels.discard(channel); // in the middle of something: not for the next caller
      throw new IOException("no answer", e);
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (!HttpUtil.isKeepAlive(response)) {
      PooledChannels.expectPeerClose(ctx.channel()); // TIME_WAIT stays with the server
    }
    answer.complete(response.content().toString(StandardCharsets.UTF_8));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answer.completeExceptionally(new IOException("closed before the answer was complete"));
  }
}
