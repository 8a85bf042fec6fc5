package io.fourtuple.netty;

import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;

/** Event loops and channels of a client, by what Netty 4.1 and 4.2 have in common. */
@SuppressWarnings("deprecation") // 4.1 has no other groups
final class ClientTransport {
  private ClientTransport() {}

  /** One event loop. */
  static EventLoopGroup group(Transport transport) {
    return switch (transport) {
      case NIO -> new NioEventLoopGroup(1);
      case EPOLL -> OfEpoll.group();
      case IO_URING -> OfIoUring.group();
      case KQUEUE -> throw new AssertionError("no way of the tests");
    };
  }

  static ChannelFactory<SocketChannel> channels(Transport transport) {
    return switch (transport) {
      case NIO -> NioSocketChannel::new;
      case EPOLL -> OfEpoll.channels();
      case IO_URING -> OfIoUring.channels();
      case KQUEUE -> throw new AssertionError("no way of the tests");
    };
  }

  /** A class of its own, because the jar is optional. */
  private static final class OfEpoll {
    static EventLoopGroup group() {
      return new EpollEventLoopGroup(1);
    }

    static ChannelFactory<SocketChannel> channels() {
      return EpollSocketChannel::new;
    }
  }

  /** A class of its own, because Netty 4.1 has nothing of it. */
  private static final class OfIoUring {
    static EventLoopGroup group() {
      return new MultiThreadIoEventLoopGroup(1, IoUringIoHandler.newFactory());
    }

    static ChannelFactory<SocketChannel> channels() {
      return IoUringSocketChannel::new;
    }
  }
}
