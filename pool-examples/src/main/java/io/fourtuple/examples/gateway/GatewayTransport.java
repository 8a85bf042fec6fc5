package io.fourtuple.examples.gateway;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How Netty talks to the kernel, on both sides of the gateway; the last costs the least. */
enum GatewayTransport {
  NIO {
    @Override
    @Nullable Throwable missing() {
      return null;
    }

    @Override
    IoHandlerFactory io() {
      return NioIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> listener() {
      return NioServerSocketChannel.class;
    }
  },
  EPOLL {
    @Override
    @Nullable Throwable missing() {
      return Epoll.unavailabilityCause();
    }

    @Override
    IoHandlerFactory io() {
      return EpollIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> listener() {
      return EpollServerSocketChannel.class;
    }
  },
  IO_URING {
    @Override
    @Nullable Throwable missing() {
      return IoUring.unavailabilityCause();
    }

    @Override
    IoHandlerFactory io() {
      return IoUringIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> listener() {
      return IoUringServerSocketChannel.class;
    }
  };

  /** The one that costs this host the least: io_uring, else epoll, else Java's own sockets. */
  static GatewayTransport standard() {
    return Stream.of(IO_URING, EPOLL)
        .filter(each -> each.missing() == null)
        .findFirst()
        .orElse(NIO);
  }

  /** Its name in the configuration. */
  String field() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Why this host has not got it; null where it has. */
  abstract @Nullable Throwable missing();

  /**
   * Event loops, on daemon threads, that stay until the process ends. One for each processor: the
   * fewer there are, the more often both sides of a request are on the same one.
   */
  EventLoopGroup loops() {
    return new MultiThreadIoEventLoopGroup(
        Runtime.getRuntime().availableProcessors(),
        new DefaultThreadFactory("gateway", true),
        io());
  }

  /** What an event loop runs on. */
  abstract IoHandlerFactory io();

  /** What takes clients' connections. */
  abstract Class<? extends ServerChannel> listener();
}
