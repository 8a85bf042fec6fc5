package io.fourtuple.netty;

import io.fourtuple.host.TransportAbilities;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.SourceAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** How the kernel is told which source address and local port a connection is to have. */
final class LocalBinding {
  /** {@code IPPROTO_IP}, which works on IPv6 sockets too. */
  private static final int LEVEL_IP = 0;

  /** {@code linux/in.h}; Linux 4.2. */
  static final IntegerUnixChannelOption BIND_ADDRESS_NO_PORT =
      new IntegerUnixChannelOption("IP_BIND_ADDRESS_NO_PORT", LEVEL_IP, 24);

  /** {@code linux/in.h}; Linux 6.3. */
  static final IntegerUnixChannelOption LOCAL_PORT_RANGE =
      new IntegerUnixChannelOption("IP_LOCAL_PORT_RANGE", LEVEL_IP, 51);

  /** {@code linux/in.h}; Linux 2.4. For IPv6 too, as long as the level is {@code IPPROTO_IP}. */
  static final IntegerUnixChannelOption FREE_BIND =
      new IntegerUnixChannelOption("IP_FREEBIND", LEVEL_IP, 15);

  /** Any window does: it is set and read back on a socket that is not bound. */
  private static final int PROBE_WINDOW = window(40_000);

  private LocalBinding() {}

  /**
   * Tries the options on an unbound socket, and takes them back. Netty only logs an option that
   * failed, and the bind would then take the port from every destination.
   */
  static TransportAbilities abilities(Channel channel) {
    return new TransportAbilities(
        keeps(channel, BIND_ADDRESS_NO_PORT, 1),
        keeps(channel, LOCAL_PORT_RANGE, PROBE_WINDOW),
        keeps(channel, FREE_BIND, 1));
  }

  private static boolean keeps(Channel channel, ChannelOption<Integer> option, Integer value) {
    try {
      boolean kept =
          channel.config().setOption(option, value)
              && value.equals(channel.config().getOption(option));
      return kept && channel.config().setOption(option, 0);
    } catch (ChannelException refused) {
      return false;
    }
  }

  /** The value of {@link #LOCAL_PORT_RANGE} that leaves the kernel one port. */
  static int window(int port) {
    return port << 16 | port;
  }

  /**
   * Sets the options that the reservation's selection needs.
   *
   * @return what to bind to
   * @throws IllegalStateException where the transport does not know an option: a bind without it
   *     would take the port from every destination
   */
  static InetSocketAddress prepare(Channel channel, PortReservation reservation) {
    SourceAddress source = reservation.route().source();
    InetAddress address = source.address();
    if (source.isFreeBound()) {
      set(channel, FREE_BIND, 1);
    }
    switch (source.selection()) {
      case OWNED -> {
        set(channel, ChannelOption.SO_REUSEADDR, true);
        return new InetSocketAddress(address, reservation.port());
      }
      case PINNED -> {
        set(channel, BIND_ADDRESS_NO_PORT, 1);
        set(channel, LOCAL_PORT_RANGE, window(reservation.port()));
        return new InetSocketAddress(address, 0);
      }
      case KERNEL -> {
        set(channel, BIND_ADDRESS_NO_PORT, 1);
        return new InetSocketAddress(address, 0);
      }
      case EXCLUSIVE -> {
        return new InetSocketAddress(address, 0);
      }
    }
    throw new AssertionError(source.selection());
  }

  private static <T> void set(Channel channel, ChannelOption<T> option, T value) {
    if (!channel.config().setOption(option, value)) {
      throw new IllegalStateException(
          channel.getClass().getSimpleName() + " does not know the option " + option);
    }
  }
}
