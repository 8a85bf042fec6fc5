package io.fourtuple.examples.quickstart;

import io.fourtuple.netty.PooledChannels;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One blocking HTTP/1.1 exchange on a leased channel. */
final class HttpGet extends SimpleChannelInboundHandler<FullHttpResponse> {
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  private HttpGet() {}

  /**
   * Asks for {@code /} and waits for the whole answer, at most 10 seconds.
   *
   * @throws Unanswered where the connection closed before it gave any answer
   */
  static String on(Channel channel) throws IOException, InterruptedException {
    HttpGet exchange = new HttpGet();
    try {
      exchange.send(channel);
      return exchange.answer.get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Unanswered unanswered
          ? unanswered
          : new IOException("no answer", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer", e);
    } finally {
      if (!exchange.answer.isDone() || exchange.answer.isCompletedExceptionally()) {
        PooledChannels.discard(channel); // in the middle of something: not for the next caller
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // The listener tells how the write went.
  private void send(Channel channel) {
    channel.pipeline().addLast(this);
    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set(HttpHeaderNames.HOST, "shop.example");
    channel
        .writeAndFlush(request)
        .addListener(
            sent -> {
              if (!sent.isSuccess()) { // a closed channel has no other way to tell
                answer.completeExceptionally(new Unanswered(sent.cause()));
              }
            });
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (response.decoderResult().isFailure()) {
      answer.completeExceptionally(response.decoderResult().cause());
    } else if (response.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
      if (!HttpUtil.isKeepAlive(response)) {
        PooledChannels.expectPeerClose(ctx.channel()); // TIME_WAIT stays with the server
      }
      ctx.pipeline().remove(this); // here, on the event loop, where the pipeline is still whole
      answer.complete(response.content().toString(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    answer.completeExceptionally(new Unanswered(null));
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) { // after a reset comes channelInactive, which says more
      answer.completeExceptionally(cause);
    }
  }

  /**
   * The connection closed before any answer, as one does whose server has just closed it for being
   * idle. What may safely be asked twice, as a GET, may be asked again on another connection.
   */
  static final class Unanswered extends IOException {
    private static final long serialVersionUID = 1L;

    private Unanswered(@Nullable Throwable cause) {
      super("closed before it was answered", cause);
    }
  }
}
