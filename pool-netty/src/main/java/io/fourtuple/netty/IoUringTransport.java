package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
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

  /**
   * On the socket itself: a channel that is bound through Netty (4.2.18) keeps the local address
   * that it had before the connect, without the port that the kernel picks in it.
   */
  @Override
  void bind(SocketChannel channel, InetSocketAddress local, ChannelPromise promise) {
    try {
      ((Socket) ((IoUringSocketChannel) channel).fd()).bind(local);
    } catch (IOException refused) {
      promise.setFailure(refused);
      return;
    }
    promise.setSuccess();
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
