package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Some HTTP/1.1 servers on 127.0.0.1. */
final class BackEnds implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";
  private static final int BACKLOG = 4096;

  private final ChannelLoop loop = new ChannelLoop();
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<Endpoint> endpoints;

  /**
   * Starts them.
   *
   * @throws io.netty.channel.ChannelException or the like, where a port is taken
   */
  BackEnds(List<Integer> ports, Closing closing, FirstAnswers firstAnswers) {
    endpoints = ports.stream().map(port -> Endpoint.of(ADDRESS, port)).toList();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop.group())
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.incrementAndGet();
                    loop.add(channel);
                    channel
                        .pipeline()
                        .addLast(new HttpServerCodec(), new BackEndHandler(closing, firstAnswers));
                  }
                });
    try {
      for (Endpoint endpoint : endpoints) {
        loop.add(bootstrap.bind(endpoint.toSocketAddress()).syncUninterruptibly().channel());
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Where they listen. */
  List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Connections accepted so far. */
  int accepted() {
    return accepted.get();
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() {
    loop.close();
  }
}
