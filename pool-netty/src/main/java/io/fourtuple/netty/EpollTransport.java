package io.fourtuple.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Linux epoll. The only class that touches the optional jar, so that its absence is harmless. */
final class EpollTransport extends ChannelTransport {
  /** {@code TCPI_OPT_TIMESTAMPS} of {@code linux/tcp.h}. */
  private static final int OPTION_TIMESTAMPS = 1;

  /** {@code TCP_CLOSE_WAIT} of {@code net/tcp_states.h}. */
  private static final int STATE_CLOSE_WAIT = 8;

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
      int options = ((EpollSocketChannel) channel).tcpInfo().options();
      return Optional.of((options & OPTION_TIMESTAMPS) != 0);
    } catch (ChannelException gone) {
      return Optional.empty();
    }
  }

  @Override
  boolean hasPeersFin(Channel channel) {
    try {
      return ((EpollSocketChannel) channel).tcpInfo().state() == STATE_CLOSE_WAIT;
    } catch (ChannelException gone) {
      return false;
    }
  }
}
