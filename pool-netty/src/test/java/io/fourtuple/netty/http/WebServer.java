package io.fourtuple.netty.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ServerUpgradeCodec;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A server of HTTP/1.1 and, over TLS, HTTP/2, whose answers are the test's. */
@SuppressWarnings({
  "ArrayRecordComponent",
  "FutureReturnValueIgnored",
  "try"
}) // what comes of it is asserted elsewhere
final class WebServer implements AutoCloseable {
  private static final int LARGEST = 64 << 20;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Queue<Channel> connections = new ConcurrentLinkedQueue<>();
  private final Channel listener;
  private final boolean isTls;

  private WebServer(Setup setup, boolean upgrades, Consumer<Incoming> responder) throws Exception {
    isTls = setup.isTls();
    SslContext tls = isTls ? tls(setup) : null;
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    connections.add(channel);
                    if (upgrades) {
                      upgradable(channel.pipeline(), responder);
                    } else if (tls == null) {
                      http1(channel.pipeline(), responder);
                    } else {
                      channel
                          .pipeline()
                          .addLast(tls.newHandler(channel.alloc()), new Negotiated(responder));
                    }
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
  }

  static WebServer start(Setup setup, Consumer<Incoming> responder) throws Exception {
    return new WebServer(setup, false, responder);
  }

  /** Without TLS; every connection begins with HTTP/1.1. */
  static WebServer startUpgrading(Consumer<Incoming> responder) throws Exception {
    return new WebServer(Setup.OURS_HTTP1, true, responder);
  }

  private static SslContext tls(Setup setup) throws Exception {
    return SslContextBuilder.forServer(TestTls.localhost().toKeyManagerFactory())
        .sslProvider(SslProvider.JDK)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                ApplicationProtocolConfig.Protocol.ALPN,
                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                setup.isHttp2() ? ApplicationProtocolNames.HTTP_2 : "http/1.1",
                ApplicationProtocolNames.HTTP_1_1))
        .build();
  }

  private static void http1(ChannelPipeline pipeline, Consumer<Incoming> responder) {
    pipeline.addLast(
        new HttpServerCodec(),
        new HttpServerKeepAliveHandler(),
        aggregator(),
        new Handler(responder));
  }

  /** Goes on with HTTP/2 where a request asks for it (RFC 7540, 3.2). */
  private static void upgradable(ChannelPipeline pipeline, Consumer<Incoming> responder) {
    HttpServerCodec codec = new HttpServerCodec();
    pipeline.addLast(
        codec,
        new HttpServerUpgradeHandler(
            codec,
            protocol ->
                AsciiString.contentEquals(Http2CodecUtil.HTTP_UPGRADE_PROTOCOL_NAME, protocol)
                    ? new Http2ServerUpgradeCodec(http2Codec(), http2Streams(responder))
                    : null,
            LARGEST),
        new HttpServerKeepAliveHandler(),
        aggregator(),
        new Handler(responder));
  }

  private static Http2FrameCodec http2Codec() {
    return Http2FrameCodecBuilder.forServer()
        .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(100))
        .build();
  }

  private static Http2MultiplexHandler http2Streams(Consumer<Incoming> responder) {
    return new Http2MultiplexHandler(
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            stream
                .pipeline()
                .addLast(
                    new Http2StreamFrameToHttpObjectCodec(true),
                    aggregator(),
                    new Handler(responder));
          }
        });
  }

  private static HttpObjectAggregator aggregator() {
    return new HttpObjectAggregator(LARGEST);
  }

  URI uri(String path) {
    int port = ((java.net.InetSocketAddress) listener.localAddress()).getPort();
    return URI.create((isTls ? "https" : "http") + "://localhost:" + port + path);
  }

  /** All connections that there were. */
  Queue<Channel> connections() {
    return connections;
  }

  @Override
  public void close() throws Exception {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
  }

  /** After TLS. */
  private static final class Negotiated extends ApplicationProtocolNegotiationHandler {
    private final Consumer<Incoming> responder;

    Negotiated(Consumer<Incoming> responder) {
      super(ApplicationProtocolNames.HTTP_1_1);
      this.responder = responder;
    }

    @Override
    protected void configurePipeline(ChannelHandlerContext context, String protocol) {
      if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
        context.pipeline().addLast(http2Codec(), http2Streams(responder));
      } else {
        http1(context.pipeline(), responder);
      }
    }
  }

  private static final class Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Consumer<Incoming> responder;

    Handler(Consumer<Incoming> responder) {
      this.responder = responder;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      byte[] body = new byte[request.content().readableBytes()];
      request.content().readBytes(body);
      responder.accept(new Incoming(context, request, body));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  /** A request, and what it is answered. */
  record Incoming(ChannelHandlerContext context, FullHttpRequest request, byte[] body) {
    String method() {
      return request.method().name();
    }

    String path() {
      return request.uri();
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    String header(String name) {
      String value = request.headers().get(name);
      return value == null ? "" : value;
    }

    /** The connection, or the stream. */
    Channel channel() {
      return context.channel();
    }

    ChannelFuture reply(String body) {
      return reply(200, body.getBytes(StandardCharsets.UTF_8));
    }

    ChannelFuture reply(int status, byte[] content, String... headers) {
      HttpResponse head = newHead(status, headers);
      head.headers().set("content-length", content.length);
      context.write(head);
      context.write(new DefaultHttpContent(Unpooled.wrappedBuffer(content)));
      return end();
    }

    void head(int status, String... headers) {
      HttpResponse head = newHead(status, headers);
      if (!head.headers().contains("content-length")) {
        head.headers().set("transfer-encoding", "chunked");
      }
      context.writeAndFlush(head);
    }

    private static HttpResponse newHead(int status, String... headers) {
      HttpResponse head =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
      for (int i = 0; i < headers.length; i += 2) {
        head.headers().add(headers[i], headers[i + 1]);
      }
      return head;
    }

    ChannelFuture chunk(byte[] bytes) {
      return context.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
    }

    ChannelFuture end() {
      return context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }
}
