package io.fourtuple.examples.clients;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.port.Endpoint;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/1.1 server that keeps connections alive, and its answers back for as long as told. */
@SuppressWarnings("FutureReturnValueIgnored") // what it closes, clients see closed
final class HoldingServer implements AutoCloseable {
  static final String ANSWER = "hello";

  private final ChannelLoop server = new ChannelLoop();

  /** The one loop of everything; it owns the sets, and alone writes how many wait. */
  private final EventLoop loop = server.group().next();

  private final Set<Channel> held = new HashSet<>();
  private final Set<Channel> others = new HashSet<>();
  private boolean holds;
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile int waiting;
  private final Endpoint endpoint;

  HoldingServer(int port) {
    endpoint = Endpoint.of("127.0.0.1", port);
    server.listen(
        endpoint.toSocketAddress(),
        pipeline ->
            pipeline
                .addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 16))
                .addLast(new Answers()));
  }

  private final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      others.add(context.channel());
      accepted.incrementAndGet();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      if (holds) {
        others.remove(context.channel());
        held.add(context.channel());
        waiting = held.size();
      } else {
        answer(context.channel());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      others.remove(context.channel());
      held.remove(context.channel());
      waiting = held.size();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }

  private static void answer(Channel channel) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.OK,
            Unpooled.copiedBuffer(ANSWER, StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    channel.writeAndFlush(response);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  String uri() {
    return "http://" + endpoint;
  }

  /** How many connections there have been. */
  int accepted() {
    return accepted.get();
  }

  /** How many requests wait for their answers. */
  int waiting() {
    return waiting;
  }

  /** From now on answers are kept back. */
  void hold() {
    loop.submit(() -> holds = true).syncUninterruptibly();
  }

  /** Gives all answers, and from now on at once. */
  void answer() {
    loop.submit(
            () -> {
              holds = false;
              held.forEach(HoldingServer::answer);
              others.addAll(held);
              held.clear();
              waiting = 0;
            })
        .syncUninterruptibly();
  }

  /** Closes connections on which no request waits, as servers do with those that idle for long. */
  void closeIdle() {
    loop.submit(() -> Set.copyOf(others).forEach(Channel::close)).syncUninterruptibly();
  }

  @Override
  public void close() {
    server.close();
  }
}
