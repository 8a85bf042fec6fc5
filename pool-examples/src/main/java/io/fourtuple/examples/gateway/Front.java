package io.fourtuple.examples.gateway;

import io.fourtuple.examples.gateway.ClientHandler.Drain;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of clients' connections: HTTP/1.1 or HTTP/2, as ALPN says with TLS, and as the first
 * bytes say without it. Streams of HTTP/2 look like connections of HTTP/1.1 to {@link
 * ClientHandler}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that closes is heard of
final class Front extends ChannelInitializer<Channel> {
  private static final int STREAMS = 100; // RFC 9113, 5.1.2: not less
  private static final int LINE = 8 << 10;

  private final Gateway gateway;
  private final @Nullable SslContext tls;

  Front(Gateway gateway, @Nullable SslContext tls) {
    this.gateway = gateway;
    this.tls = tls;
  }

  @Override
  protected void initChannel(Channel channel) {
    gateway.clients().add(channel);
    ChannelPipeline pipeline = channel.pipeline();
    long idle = gateway.config().idleTimeout().toMillis();
    pipeline.addLast(new IdleStateHandler(0, 0, idle, TimeUnit.MILLISECONDS));
    if (tls == null) {
      pipeline.addLast(new ByFirstBytes());
    } else {
      pipeline.addLast(tls.newHandler(channel.alloc()), new ByAlpn());
    }
    if (gateway.isClosed()) { // it may have come too late to be told with the others
      pipeline.fireUserEventTriggered(Drain.NOW);
    }
  }

  private void http1(ChannelPipeline pipeline) {
    pipeline.remove(IdleStateHandler.class); // it looks at the clock for each part
    pipeline.addLast(
        new HttpServerCodec(
            new HttpDecoderConfig()
                .setMaxInitialLineLength(LINE)
                .setMaxHeaderSize(gateway.config().maxRequestHead())
                .setUseRfc9112TransferEncoding(true)),
        new HttpServerKeepAliveHandler(),
        new FlowControlHandler(),
        new ClientHandler(gateway, scheme()));
  }

  private void http2(ChannelPipeline pipeline) {
    pipeline.addLast(
        Http2FrameCodecBuilder.forServer()
            .initialSettings(
                Http2Settings.defaultSettings()
                    .maxConcurrentStreams(STREAMS)
                    .maxHeaderListSize(gateway.config().maxRequestHead()))
            .build(),
        new Http2MultiplexHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel stream) {
                stream
                    .pipeline()
                    .addLast(
                        new Http2StreamFrameToHttpObjectCodec(true),
                        new FlowControlHandler(),
                        new ClientHandler(gateway, scheme()));
              }
            }),
        new Http2End());
  }

  private String scheme() {
    return tls == null ? "http" : "https";
  }

  /** From here on bytes pass as they are. */
  static void switchProtocols(ChannelPipeline pipeline) {
    pipeline.remove(HttpServerKeepAliveHandler.class);
    pipeline.remove(HttpServerCodec.class);
  }

  /** Closes in order: netty's handler of HTTP/2 says GOAWAY, and lets streams end. */
  private static final class Http2End extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (event == Drain.NOW || event instanceof IdleStateEvent) {
        context.close();
      } else {
        context.fireUserEventTriggered(event);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close(); // a client that speaks no HTTP/2 is not worth a stack trace
    }
  }

  private final class ByAlpn extends ApplicationProtocolNegotiationHandler {
    ByAlpn() {
      super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        http2(context.pipeline());
      } else {
        http1(context.pipeline());
      }
    }
  }

  /** HTTP/2 with prior knowledge begins with a preface that is no request (RFC 9113, 3.4). */
  private final class ByFirstBytes extends ByteToMessageDecoder {
    private final ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
      int length = Math.min(in.readableBytes(), preface.readableBytes());
      boolean isHttp2 =
          in.slice(in.readerIndex(), length).equals(preface.slice(preface.readerIndex(), length));
      if (!isHttp2) {
        http1(context.pipeline());
      } else if (length == preface.readableBytes()) {
        http2(context.pipeline());
      } else {
        return; // so far it may be either
      }
      context.pipeline().remove(this); // which passes on what has come
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (event == Drain.NOW || event instanceof IdleStateEvent) {
        context.close(); // it has said nothing
      } else {
        super.userEventTriggered(context, event);
      }
    }
  }
}
