package io.fourtuple.netty;

import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a user's handlers can say about a pooled connection, at any time; nothing once it is closed.
 * That it ends is final. To be called on any thread, unless a method says otherwise.
 */
public final class PooledChannels {
  private PooledChannels() {}

  /**
   * The connection must carry no further request, whatever it looks like: it is closed when its
   * lease ends.
   *
   * @throws IllegalArgumentException where {@code channel} is open, and not one of a {@link
   *     NettyConnector}
   */
  public static void discard(Channel channel) {
    NettyConnection connection = open(channel);
    if (connection != null) {
      connection.discard();
    }
  }

  /**
   * The same, and the peer is about to close, as an HTTP/1.1 server has announced that answers with
   * {@code Connection: close}. When the lease ends, its FIN is awaited, for 250 ms or the close
   * time-out if that is shorter: so TIME_WAIT stays with the peer, and the local port is free at
   * once. A peer that leaves closing to us all the same is reset, which frees the port as well, and
   * for 10 s hardly any other connection waits for it; what was written last may be lost then.
   * Where ports are {@link PortSelection#OWNED} it is closed in order instead: they come out of
   * TIME_WAIT at once.
   *
   * @throws IllegalArgumentException where {@code channel} is open, and not one of a {@link
   *     NettyConnector}
   */
  public static void expectPeerClose(Channel channel) {
    NettyConnection connection = open(channel);
    if (connection != null) {
      connection.expectPeerClose();
    }
  }

  /**
   * The same as {@link #discard}, and nobody is interested any more in what is under way: a caller
   * has given up in the middle of an exchange. When the lease ends the connection is reset, so that
   * its local port is free at once, and the peer hears that it works in vain; what was written last
   * may be lost. Where ports are {@link PortSelection#OWNED} it is closed in order all the same:
   * they come out of TIME_WAIT at once.
   *
   * @throws IllegalArgumentException where {@code channel} is open, and not one of a {@link
   *     NettyConnector}
   */
  public static void cutOff(Channel channel) {
    NettyConnection connection = open(channel);
    if (connection != null) {
      connection.cutOff();
    }
  }

  /**
   * The connection can carry so many leases at once from now on, 1 until this is called: streams of
   * HTTP/2, say. Leases that are out count. On the connection's event loop only.
   *
   * @param count 0 or more
   * @throws IllegalArgumentException where {@code count} is negative, or {@code channel} is open,
   *     and not one of a {@link NettyConnector}
   */
  public static void maxLeases(Channel channel, int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count must be >= 0, was " + count);
    }
    NettyConnection connection = open(channel);
    if (connection != null) {
      connection.maxLeases(count);
    }
  }

  /**
   * The connection takes no further lease, while those that are out go on: the peer has announced
   * its end. It is closed when the last of them ends. On the connection's event loop only.
   *
   * @throws IllegalArgumentException where {@code channel} is open, and not one of a {@link
   *     NettyConnector}
   */
  public static void drain(Channel channel) {
    NettyConnection connection = open(channel);
    if (connection != null) {
      connection.drain();
    }
  }

  /**
   * The peer closes the connection, once it has idled for so long: it is not lent any more then. On
   * the connection's event loop only.
   *
   * @param time from now on, when its lease is about to end; zero or negative is as {@link
   *     #discard}
   * @throws IllegalArgumentException where {@code channel} is open, and not one of a {@link
   *     NettyConnector}
   */
  public static void reusableFor(Channel channel, Duration time) {
    NettyConnection connection = open(channel);
    if (connection != null) {
      connection.reusableFor(connection.settings().ticker(), time);
    }
  }

  /** Null where the channel is closed, and nothing is left to be said. */
  private static @Nullable NettyConnection open(Channel channel) {
    Objects.requireNonNull(channel, "channel must not be null");
    NettyConnection connection = Pipelines.connection(channel);
    if (connection == null && channel.isOpen()) {
      throw new IllegalArgumentException("channel must be a NettyConnector's, was " + channel);
    }
    return connection;
  }
}
