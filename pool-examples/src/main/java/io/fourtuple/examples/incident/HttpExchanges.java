package io.fourtuple.examples.incident;

import io.fourtuple.port.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a connection: one HTTP/1.1 request after the other, without pipelining. All
 * state belongs to the channel's event loop.
 */
final class HttpExchanges extends SimpleChannelInboundHandler<HttpObject> {
  private final CompletableFuture<Void> peerClosed = new CompletableFuture<>();
  private @Nullable CompletableFuture<Answer> pending;
  private boolean kept;
  private boolean requestedClose;
  private @Nullable IOException problem;

  private HttpExchanges() {}

  /** Who closes the connection after an answer. */
  enum Next {
    /** Nobody: it may carry another request. */
    KEPT,
    /** The server, because its answer said so. */
    CLOSED_BY_SERVER,
    /** We, because the request said so. */
    CLOSED_BY_CLIENT
  }

  /**
   * A complete answer.
   *
   * @param next who closes the connection now
   * @param peerClosed completes once the server has closed its side
   */
  record Answer(Next next, CompletableFuture<Void> peerClosed) {}

  /** Makes a channel ready for exchanges. */
  static void install(Channel channel) {
    channel.pipeline().addLast(new HttpClientCodec(), new HttpExchanges());
  }

  /**
   * Sends a GET request.
   *
   * @param closing whether the request announces that the client closes the connection
   * @return completes with the end of the answer, or fails: the connection is then of no use
   */
  static CompletableFuture<Answer> get(Channel channel, Endpoint endpoint, Closing closing) {
    CompletableFuture<Answer> answered = new CompletableFuture<>();
    HttpExchanges exchanges = channel.pipeline().get(HttpExchanges.class);
    if (exchanges == null) {
      // A closed channel has lost its handlers.
      answered.completeExceptionally(new IOException("closed before the request: " + channel));
    } else {
      exchanges.start(channel, request(endpoint, closing), answered);
    }
    return answered;
  }

  private static FullHttpRequest request(Endpoint endpoint, Closing closing) {
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, "/", Unpooled.EMPTY_BUFFER);
    request.headers().set(HttpHeaderNames.HOST, endpoint.toString());
    if (closing == Closing.CLIENT_FIRST) {
      request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return request;
  }

  private void start(Channel channel, FullHttpRequest request, CompletableFuture<Answer> answered) {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (pending != null) {
                answered.completeExceptionally(
                    new IllegalStateException("a request is under way on " + channel));
                return;
              }
              pending = answered;
              requestedClose = !HttpUtil.isKeepAlive(request);
              channel
                  .writeAndFlush(request)
                  .addListener(
                      written -> {
                        if (!written.isSuccess()) {
                          fail(new IOException("cannot send the request", written.cause()));
                        }
                      });
            });
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      fail(new IOException("not HTTP", message.decoderResult().cause()));
      return;
    }
    if (message instanceof HttpResponse response) {
      kept = HttpUtil.isKeepAlive(response);
      problem =
          response.status().equals(HttpResponseStatus.OK)
              ? null
              : new IOException("the back end said " + response.status());
    }
    if (message instanceof LastHttpContent) {
      finish();
    }
  }

  private void finish() {
    CompletableFuture<Answer> answered = pending;
    IOException wrong = problem;
    if (answered == null) {
      return;
    }
    pending = null;
    if (wrong != null) {
      answered.completeExceptionally(wrong);
    } else if (requestedClose) {
      answered.complete(new Answer(Next.CLOSED_BY_CLIENT, peerClosed));
    } else {
      answered.complete(new Answer(kept ? Next.KEPT : Next.CLOSED_BY_SERVER, peerClosed));
    }
  }

  private void fail(IOException reason) {
    CompletableFuture<Answer> answered = pending;
    if (answered != null) {
      pending = null;
      answered.completeExceptionally(reason);
    }
  }

  private void peerHasClosed() {
    fail(new IOException("closed by the back end before the answer was complete"));
    peerClosed.complete(null);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent) {
      peerHasClosed();
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    peerHasClosed();
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    fail(new IOException("the connection broke", cause));
    super.exceptionCaught(ctx, cause);
  }
}
