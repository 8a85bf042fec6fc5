package io.fourtuple.examples.command;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One event loop with its channels. Closes them itself: a loop of Netty 4.2.18 that is shut down
 * while it runs its last tasks ends without doing so, and its sockets stay open.
 */
public final class ChannelLoop implements AutoCloseable {
  private static final int BACKLOG = 4_096;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** Once it is closed it closes what is added. */
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  /** To be handed to a bootstrap. */
  public EventLoopGroup group() {
    return group;
  }

  /**
   * Listens, until it is closed.
   *
   * @param fill is given the pipeline of each connection
   * @throws io.netty.channel.ChannelException or the like, where the port is taken
   */
  public Channel listen(InetSocketAddress at, Consumer<ChannelPipeline> fill) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    add(channel);
                    fill.accept(channel.pipeline());
                  }
                })
            .bind(at);
    add(bound.channel());
    return bound.syncUninterruptibly().channel();
  }

  /** Takes charge of a channel. */
  public void add(Channel channel) {
    channels.add(channel);
  }

  /** Closes the channels and ends the thread. */
  @Override
  public void close() {
    channels.close().awaitUninterruptibly();
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
