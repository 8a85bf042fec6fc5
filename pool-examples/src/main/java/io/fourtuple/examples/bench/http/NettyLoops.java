package io.fourtuple.examples.bench.http;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;

/** How many threads do I/O, for each client that can be told. */
final class NettyLoops {
  static final int THREADS = 2;

  private NettyLoops() {}

  static EventLoopGroup begin() {
    return new MultiThreadIoEventLoopGroup(THREADS, EpollIoHandler.newFactory());
  }
}
