package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Linux io_uring. The only class that touches the optional jar, so that its absence is harmless.
 */
final class IoUringTransport extends ChannelTransport {
  static @Nullable Throwable unavailabilityCause() {
    return IoUring.unavailabilityCause();
  }

  @Override
  Transport name() {
    return Transport.IO_URING;
  }

  @Override
  SocketChannel newChannel() {
    return new IoUringSocketChannel();
  }

  @Override
  IoHandlerFactory ioHandlerFactory() {
    return IoUringIoHandler.newFactory();
  }

  @Override
  Class<? extends IoHandler> ioHandlerType() {
    return IoUringIoHandler.class;
  }

  @Override
  Optional<Boolean> usesTimestamps(Channel channel) {
    try {
      return Optional.of(
          TcpInfo.hasTimestamps(((IoUringSocketChannel) channel).tcpInfo().options()));
    } catch (ChannelException gone) {
      return Optional.empty();
    }
  }

  @Override
  boolean hasPeersFin(Channel channel) {
    try {
      return TcpInfo.hasPeersFin(((IoUringSocketChannel) channel).tcpInfo().state());
    } catch (ChannelException gone) {
      return false;
    }
  }
}
