package io.fourtuple.examples.clients;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.port.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/1.1 server with a page for all that clients do; it compresses for those that ask. */
@SuppressWarnings("FutureReturnValueIgnored") // what it closes, clients see closed
final class Site implements AutoCloseable {
  /** The text of most pages. */
  static final String HELLO = "hello";

  /** Keeps its connection. */
  static final String KEPT = "/kept";

  /** Closes its connection, and says so. */
  static final String LAST = "/last";

  /** Answers with what was posted. */
  static final String ECHO = "/echo";

  /** Sends to {@link #KEPT}. */
  static final String MOVED = "/moved";

  /** Answers {@link #HELLO} when told. */
  static final String HELD = "/held";

  /** Answers with the first half of {@link #large}, and the other when told. */
  static final String HALVES = "/halves";

  /** All of them. */
  static final List<String> PAGES = List.of(KEPT, LAST, ECHO, MOVED, HELD, HALVES);

  /** Of {@link #large}. */
  static final int HALF = 1 << 20;

  private final ChannelLoop server = new ChannelLoop();

  /** The one loop of everything; it owns what is held, and alone writes how much. */
  private final EventLoop loop = server.group().next();

  private final Set<Channel> held = new HashSet<>();
  private final Set<Channel> halves = new HashSet<>();
  private volatile int waiting;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Map<String, Page> pages = new HashMap<>();
  private final byte[] large = new byte[2 * HALF];
  private final Endpoint endpoint;

  private interface Page {
    void answer(Channel channel, FullHttpRequest request);
  }

  Site(int port) {
    endpoint = Endpoint.of("127.0.0.1", port);
    new Random(1).nextBytes(large);
    pages.put(KEPT, (channel, request) -> text(channel, HELLO));
    pages.put(LAST, (channel, request) -> last(channel));
    pages.put(
        ECHO,
        (channel, request) -> text(channel, request.content().toString(StandardCharsets.UTF_8)));
    pages.put(MOVED, (channel, request) -> moved(channel));
    pages.put(HELD, (channel, request) -> hold(channel, held));
    pages.put(HALVES, (channel, request) -> firstHalf(channel));
    server.listen(
        endpoint.toSocketAddress(),
        pipeline ->
            pipeline
                .addLast(new HttpServerCodec(), new HttpContentCompressor())
                .addLast(new HttpObjectAggregator(1 << 20), new Answers()));
  }

  private final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      accepted.incrementAndGet();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      Page page = pages.get(request.uri());
      if (page == null) {
        send(context.channel(), HttpResponseStatus.NOT_FOUND, "");
      } else {
        page.answer(context.channel(), request);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      held.remove(context.channel());
      halves.remove(context.channel());
      waiting = held.size() + halves.size();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static void text(Channel channel, String text) {
    channel.writeAndFlush(response(HttpResponseStatus.OK, text));
  }

  private static void send(Channel channel, HttpResponseStatus status, String text) {
    channel.writeAndFlush(response(status, text));
  }

  private static FullHttpResponse response(HttpResponseStatus status, String text) {
    ByteBuf content = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    HttpUtil.setContentLength(response, content.readableBytes());
    return response;
  }

  private static void last(Channel channel) {
    FullHttpResponse response = response(HttpResponseStatus.OK, HELLO);
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private static void moved(Channel channel) {
    FullHttpResponse response = response(HttpResponseStatus.FOUND, "");
    response.headers().set(HttpHeaderNames.LOCATION, KEPT);
    channel.writeAndFlush(response);
  }

  private void hold(Channel channel, Set<Channel> which) {
    which.add(channel);
    waiting = held.size() + halves.size();
  }

  private void firstHalf(Channel channel) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    head.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream");
    HttpUtil.setTransferEncodingChunked(head, true);
    hold(channel, halves);
    channel.write(head);
    channel.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(large, 0, HALF)));
  }

  private void otherHalf(Channel channel) {
    channel.writeAndFlush(new DefaultLastHttpContent(Unpooled.wrappedBuffer(large, HALF, HALF)));
  }

  String uri(String page) {
    return "http://" + endpoint + page;
  }

  /** What {@link #HALVES} sends. */
  byte[] large() {
    return Arrays.copyOf(large, large.length);
  }

  /** How many connections there have been. */
  int accepted() {
    return accepted.get();
  }

  /** How many requests wait for their answer, or the rest of it. */
  int waiting() {
    return waiting;
  }

  /** Gives all that was held back. */
  void answer() {
    loop.submit(
            () -> {
              held.forEach(channel -> text(channel, HELLO));
              halves.forEach(this::otherHalf);
              held.clear();
              halves.clear();
              waiting = 0;
            })
        .syncUninterruptibly();
  }

  @Override
  public void close() {
    server.close();
  }
}
