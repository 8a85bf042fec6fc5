package io.fourtuple.examples.incident;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;

/** One connection of a back end: answers every request with a few bytes. */
@SuppressWarnings("FutureReturnValueIgnored") // What the client sees is what counts.
final class BackEndHandler extends SimpleChannelInboundHandler<HttpObject> {
  private static final ByteBuf BODY =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("served\n", StandardCharsets.US_ASCII).asReadOnly());

  private final Closing closing;
  private final FirstAnswers firstAnswers;
  private boolean clientKeepsAlive = true;

  BackEndHandler(Closing closing, FirstAnswers firstAnswers) {
    this.closing = closing;
    this.firstAnswers = firstAnswers;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (message.decoderResult().isFailure()) {
      ctx.close();
      return;
    }
    if (message instanceof HttpRequest request) {
      clientKeepsAlive = HttpUtil.isKeepAlive(request);
    }
    if (message instanceof LastHttpContent) {
      firstAnswers.whenReleased(() -> ctx.executor().execute(() -> answer(ctx)));
    }
  }

  private void answer(ChannelHandlerContext ctx) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, BODY.duplicate());
    HttpUtil.setContentLength(response, BODY.readableBytes());
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN);
    boolean last = !clientKeepsAlive || closing != Closing.KEEP_ALIVE;
    if (last) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    // With CLIENT_FIRST the channel closes by itself when the client's FIN arrives.
    if (last && closing != Closing.CLIENT_FIRST) {
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    } else {
      ctx.writeAndFlush(response, ctx.voidPromise());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset is the client's way to leave.
    ctx.close();
  }
}
