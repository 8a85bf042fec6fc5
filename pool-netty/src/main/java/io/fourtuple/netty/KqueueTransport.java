package io.fourtuple.netty;

import io.fourtuple.host.TransportAbilities;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.socket.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The kqueue of macOS. The only class that touches the optional jar, so that its absence is
 * harmless.
 */
final class KqueueTransport extends ChannelTransport {
  static @Nullable Throwable unavailabilityCause() {
    return KQueue.unavailabilityCause();
  }

  @Override
  Transport name() {
    return Transport.KQUEUE;
  }

  @Override
  SocketChannel newChannel() {
    return new KQueueSocketChannel();
  }

  @Override
  IoHandlerFactory ioHandlerFactory() {
    return KQueueIoHandler.newFactory();
  }

  @Override
  Class<? extends IoHandler> ioHandlerType() {
    return KQueueIoHandler.class;
  }

  /** Not tried: the numbers of Linux's options are those of other options here. */
  @Override
  TransportAbilities probe() {
    return TransportAbilities.NONE;
  }
}
