package io.fourtuple.netty;

import io.fourtuple.host.TransportAbilities;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the connector needs of a Netty transport. Stateless. */
abstract class ChannelTransport {
  /** Any window does: it is set and read back on a socket that is never bound. */
  private static final int PROBE_WINDOW = LocalBinding.window(40_000);

  /**
   * The transport to be used: the chosen one; else the one that {@code group} is made for; else the
   * best that is available.
   *
   * @throws IllegalArgumentException where the chosen one is not available, or not the group's
   */
  static ChannelTransport select(@Nullable Transport chosen, @Nullable EventLoopGroup group) {
    ChannelTransport transport = find(chosen == null ? preferred(group) : chosen);
    if (group != null && !isMadeFor(group, transport)) {
      throw new IllegalArgumentException(
          "eventLoopGroup must be an IoEventLoopGroup of transport "
              + transport.name()
              + ", was "
              + group.getClass().getName());
    }
    return transport;
  }

  private static Transport preferred(@Nullable EventLoopGroup group) {
    boolean epoll =
        epollMissing() == null && (group == null || isMadeFor(group, new EpollTransport()));
    return epoll ? Transport.EPOLL : Transport.NIO;
  }

  private static boolean isMadeFor(EventLoopGroup group, ChannelTransport transport) {
    return group instanceof IoEventLoopGroup io && io.isIoType(transport.ioHandlerType());
  }

  private static ChannelTransport find(Transport name) {
    if (name == Transport.NIO) {
      return new NioTransport();
    }
    Throwable missing = epollMissing();
    if (missing != null) {
      throw new IllegalArgumentException(
          "transport must be available, was EPOLL, which is not; add"
              + " io.netty:netty-transport-native-epoll, classifier linux-x86_64 or"
              + " linux-aarch_64, in the version of the other Netty jars: "
              + missing,
          missing);
    }
    return new EpollTransport();
  }

  private static @Nullable Throwable epollMissing() {
    try {
      return EpollTransport.unavailabilityCause();
    } catch (LinkageError noSuchJar) {
      return noSuchJar;
    }
  }

  /** Its name in the API. */
  abstract Transport name();

  /**
   * Opens a socket.
   *
   * @throws ChannelException where the process or the host has none left
   */
  abstract SocketChannel newChannel();

  /** Makes what an event loop of this transport runs on. */
  abstract IoHandlerFactory ioHandlerFactory();

  /** The type of what {@link #ioHandlerFactory()} makes. */
  abstract Class<? extends IoHandler> ioHandlerType();

  /** Whether the connection uses TCP timestamps; empty where the transport cannot tell. */
  abstract Optional<Boolean> usesTimestamps(Channel channel);

  /**
   * Whether the kernel has the peer's FIN, read by us or not, before we have sent ours. False where
   * the transport cannot tell.
   */
  abstract boolean hasPeersFin(Channel channel);

  /**
   * Tries the options for local ports on a real socket. Netty only logs an option that failed, and
   * the bind would then take the port from every destination.
   */
  final TransportAbilities probe() {
    SocketChannel channel = newChannel();
    try {
      return new TransportAbilities(
          keeps(channel, LocalBinding.BIND_ADDRESS_NO_PORT, 1),
          keeps(channel, LocalBinding.LOCAL_PORT_RANGE, PROBE_WINDOW));
    } finally {
      channel.unsafe().closeForcibly();
    }
  }

  private static boolean keeps(Channel channel, ChannelOption<Integer> option, Integer value) {
    try {
      return channel.config().setOption(option, value)
          && value.equals(channel.config().getOption(option));
    } catch (ChannelException refused) {
      return false;
    }
  }
}
