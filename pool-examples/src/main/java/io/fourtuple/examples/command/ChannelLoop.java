package io.fourtuple.examples.command;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * One event loop with its channels. Closes them itself: a loop of Netty 4.2.18 that is shut down
 * while it runs its last tasks ends without doing so, and its sockets stay open.
 */
public final class ChannelLoop implements AutoCloseable {
  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** Once it is closed it closes what is added. */
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  /** To be handed to a bootstrap. */
  public EventLoopGroup group() {
    return group;
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
