package io.fourtuple.examples.bench;

import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client without a pool, that lets the kernel pick. Resets what it closes. */
final class PlainFilling implements Filling {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final List<Channel> channels = new ArrayList<>();
  private final Bootstrap client =
      new Bootstrap()
          .group(group)
          .channel(EpollSocketChannel.class)
          .option(ChannelOption.SO_LINGER, 0)
          .handler(new NoHandler());
  private final List<Endpoint> endpoints;
  private int connects;

  PlainFilling(List<Endpoint> endpoints) {
    this.endpoints = endpoints;
  }

  @Override
  public void open() throws IOException, InterruptedException {
    ChannelFuture connect = connect();
    if (!connect.isSuccess()) {
      throw new IOException("connection " + connects + ": " + connect.cause(), connect.cause());
    }
    channels.add(connect.channel());
  }

  @Override
  public void beRefused() throws InterruptedException {
    if (connect().isSuccess()) {
      throw new IllegalStateException("there was a port left");
    }
  }

  private ChannelFuture connect() throws InterruptedException {
    Endpoint endpoint = endpoints.get(connects++ % endpoints.size());
    return client.connect(endpoint.toSocketAddress()).await();
  }

  @Override
  public long connects() {
    return connects;
  }

  @Override
  public void close() {
    // A loop that is shut down need not close its channels: see command.ChannelLoop.
    for (ChannelFuture closing : channels.stream().map(Channel::close).toList()) {
      closing.awaitUninterruptibly();
    }
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Leaves the channel bare: takes itself out of its pipeline. */
  private static final class NoHandler extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {}
  }
}
