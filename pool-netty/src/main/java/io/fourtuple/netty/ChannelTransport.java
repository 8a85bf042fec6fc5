package io.fourtuple.netty;

import io.fourtuple.host.TransportAbilities;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the connector needs of a Netty transport. Stateless. */
abstract class ChannelTransport {
  /**
   * The transport to be used: the chosen one; else the one that {@code group} is made for; else
   * epoll where it is available; else Java's own sockets.
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

  /** The group's; without a group epoll where it is available, else Java's own sockets. */
  private static Transport preferred(@Nullable EventLoopGroup group) {
    if (group == null) {
      return missing(Transport.EPOLL) == null ? Transport.EPOLL : Transport.NIO;
    }
    for (Transport each : Transport.values()) {
      if (missing(each) == null && isMadeFor(group, of(each))) {
        return each;
      }
    }
    return Transport.NIO; // not the group's either, which select() says
  }

  private static boolean isMadeFor(EventLoopGroup group, ChannelTransport transport) {
    return group instanceof IoEventLoopGroup io && io.isIoType(transport.ioHandlerType());
  }

  private static ChannelTransport find(Transport name) {
    Throwable missing = missing(name);
    if (missing != null) {
      throw new IllegalArgumentException(
          "transport must be available, was "
              + name
              + ", which is not; "
              + remedy(name)
              + ": "
              + missing,
          missing);
    }
    return of(name);
  }

  private static String remedy(Transport name) {
    return switch (name) {
      case NIO -> "it always is";
      case EPOLL -> nativeJar("epoll", "linux-x86_64 or linux-aarch_64");
      case IO_URING ->
          nativeJar("io_uring", "linux-x86_64 or linux-aarch_64")
              + ", and let this process use it (sysctl kernel.io_uring_disabled=0, and a container's"
              + " seccomp profile that allows io_uring_setup)";
      case KQUEUE -> nativeJar("kqueue", "osx-aarch_64 or osx-x86_64");
    };
  }

  private static String nativeJar(String name, String classifiers) {
    return "add io.netty:netty-transport-native-%s, classifier %s, in the version of the other Netty jars"
        .formatted(name, classifiers);
  }

  /** Why a transport cannot be used; null where it can. */
  static @Nullable Throwable missing(Transport name) {
    try {
      return switch (name) {
        case NIO -> null;
        case EPOLL -> EpollTransport.unavailabilityCause();
        case IO_URING -> IoUringTransport.unavailabilityCause();
        case KQUEUE -> KqueueTransport.unavailabilityCause();
      };
    } catch (LinkageError noSuchJar) {
      return noSuchJar;
    }
  }

  /** A transport that is not {@link #missing}. */
  static ChannelTransport of(Transport name) {
    return switch (name) {
      case NIO -> new NioTransport();
      case EPOLL -> new EpollTransport();
      case IO_URING -> new IoUringTransport();
      case KQUEUE -> new KqueueTransport();
    };
  }

  /** Its name in the API. */
  abstract Transport name();

  /**
   * Opens a socket for addresses of both families.
   *
   * @throws ChannelException where the process or the host has none left
   */
  abstract SocketChannel newChannel();

  /** Opens a socket that need only connect to {@code to}, which may make it cheaper. */
  SocketChannel newChannel(InetAddress to) {
    return newChannel();
  }

  /** Makes what an event loop of this transport runs on. */
  abstract IoHandlerFactory ioHandlerFactory();

  /** The type of what {@link #ioHandlerFactory()} makes. */
  abstract Class<? extends IoHandler> ioHandlerType();

  /** Whether the connection uses TCP timestamps; empty where the transport cannot tell. */
  Optional<Boolean> usesTimestamps(Channel channel) {
    return Optional.empty();
  }

  /**
   * Whether the kernel has the peer's FIN, read by us or not, before we have sent ours. False where
   * the transport cannot tell.
   */
  boolean hasPeersFin(Channel channel) {
    return false;
  }

  /** What can be told to the kernel about local ports. */
  TransportAbilities probe() {
    SocketChannel channel = newChannel();
    try {
      return LocalBinding.abilities(channel);
    } finally {
      channel.unsafe().closeForcibly();
    }
  }
}
