package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Optional;

/** Java's own sockets. */
final class NioTransport extends ChannelTransport {
  @Override
  Transport name() {
    return Transport.NIO;
  }

  @Override
  SocketChannel newChannel() {
    return new NioSocketChannel();
  }

  @Override
  IoHandlerFactory ioHandlerFactory() {
    return NioIoHandler.newFactory();
  }

  @Override
  Class<? extends IoHandler> ioHandlerType() {
    return NioIoHandler.class;
  }

  @Override
  Optional<Boolean> usesTimestamps(Channel channel) {
    return Optional.empty();
  }

  @Override
  boolean hasPeersFin(Channel channel) {
    return false;
  }
}
