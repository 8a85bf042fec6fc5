package io.fourtuple.netty;

import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

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
}
