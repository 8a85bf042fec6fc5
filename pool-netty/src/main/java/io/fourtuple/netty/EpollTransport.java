package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Linux epoll. The only class that touches the optional jar, so that its absence is harmless. */
final class EpollTransport extends ChannelTransport {
  static @Nullable Throwable unavailabilityCause() {
    return Epoll.unavailabilityCause();
  }

  @Override
  Transport name() {
    return Transport.EPOLL;
  }

  @Override
  SocketChannel newChannel() {
    return new EpollSocketChannel();
  }

  /** Of IPv4 alone it costs the kernel less: nothing to set, and no address to translate. */
  @Override
  SocketChannel newChannel(InetAddress to) {
    return to instanceof Inet4Address
        ? new EpollSocketChannel(SocketProtocolFamily.INET)
        : newChannel();
  }

  @Override
  IoHandlerFactory ioHandlerFactory() {
    return EpollIoHandler.newFactory();
  }

  @Override
  Class<? extends IoHandler> ioHandlerType() {
    return EpollIoHandler.class;
  }

  @Override
  Optional<Boolean> usesTimestamps(Channel channel) {
    try {
      return Optional.of(TcpInfo.hasTimestamps(((EpollSocketChannel) channel).tcpInfo().options()));
    } catch (ChannelException gone) {
      return Optional.empty();
    }
  }

  @Override
  boolean hasPeersFin(Channel channel) {
    try {
      return TcpInfo.hasPeersFin(((EpollSocketChannel) channel).tcpInfo().state());
    } catch (ChannelException gone) {
      return false;
    }
  }
}
