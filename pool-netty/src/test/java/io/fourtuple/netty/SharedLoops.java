package io.fourtuple.netty;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * Loops of io_uring that never end, for scenarios that make a connector after another. With Netty
 * 4.2.18 on an overloaded host a process that ends such loops after a churn was aborted in 2 of 52
 * runs, because the memory of an ending loop was corrupt, and an exchange hung in another; not so
 * in 36 runs with these. How loops end is the matter of {@link ShutdownScenarios}.
 */
final class SharedLoops {
  private static final class IoUring {
    static final EventLoopGroup GROUP =
        new MultiThreadIoEventLoopGroup(
            new DefaultThreadFactory("shared-io_uring", true),
            ChannelTransport.of(Transport.IO_URING).ioHandlerFactory());
  }

  private SharedLoops() {}

  /** Has a connector run on them, where it is one of io_uring. */
  static NettyConnectorBuilder use(Way way, NettyConnectorBuilder builder) {
    way.require();
    return way.transport == Transport.IO_URING ? builder.eventLoopGroup(IoUring.GROUP) : builder;
  }
}
