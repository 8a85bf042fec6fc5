package io.fourtuple.netty.http;

import io.fourtuple.netty.http.HttpProtocol.Tunnel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.EOFException;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Asks a proxy for a tunnel (RFC 9110, 9.3.6), and leaves the pipeline when there is one. What the
 * proxy answers otherwise is a {@link TunnelRefusedException}.
 */
final class TunnelHandler extends ChannelInboundHandlerAdapter {
  private final ResponseDecoder decoder;
  private final HttpRequestEncoder encoder = new HttpRequestEncoder();
  private final Tunnel tunnel;
  private final ChannelPromise through;
  private @Nullable HttpResponse response;

  private TunnelHandler(ResponseDecoder decoder, Tunnel tunnel, ChannelPromise through) {
    this.decoder = decoder;
    this.tunnel = tunnel;
    this.through = through;
  }

  /**
   * Begins.
   *
   * @param through completed on the event loop
   */
  static void add(Channel channel, Tunnel tunnel, HttpLimits limits, ChannelPromise through) {
    ResponseDecoder decoder = new ResponseDecoder(limits);
    TunnelHandler handler = new TunnelHandler(decoder, tunnel, through);
    channel.pipeline().addLast(decoder, handler.encoder, handler);
    decoder.expect("CONNECT");
    channel.writeAndFlush(tunnel.connectHead()).addListener(handler::written);
  }

  private void written(Future<? super Void> done) {
    if (!done.isSuccess()) {
      through.tryFailure(done.cause());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (message instanceof ResponseFailure failure) {
        through.tryFailure(failure.cause());
      } else if (message instanceof HttpResponse head) {
        response = head;
      }
      HttpResponse answer = response;
      if (answer != null && message instanceof LastHttpContent) {
        answered(context, answer);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void answered(ChannelHandlerContext context, HttpResponse answer) {
    int status = answer.status().code();
    if (status < 200) {
      response = null;
    } else if (status < 300) {
      ChannelPipeline pipeline = context.pipeline();
      pipeline.remove(this);
      pipeline.remove(encoder);
      through.trySuccess(); // TLS joins the pipeline
      pipeline.remove(decoder); // which hands on what came already
    } else {
      through.tryFailure(
          new TunnelRefusedException(
              tunnel,
              new ResponseHead(
                  status, HttpClient.Version.HTTP_1_1, answer.headers()::iteratorCharSequence)));
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ended();
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended();
    context.fireChannelInactive();
  }

  private void ended() {
    through.tryFailure(new EOFException("proxy closed the connection before the tunnel was open"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    through.tryFailure(ResponseFailure.reason(cause));
  }
}
