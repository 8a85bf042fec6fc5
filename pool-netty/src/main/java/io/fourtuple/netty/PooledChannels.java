package io.fourtuple.netty;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What a user's handlers can say about a pooled connection. Thread-safe; both calls are final, may
 * be made while the connection is leased, and do nothing once it is closed.
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
   * {@code Connection: close}. When the lease ends, its FIN is awaited, up to the close time-out,
   * before ours is sent: so TIME_WAIT stays with the peer, and the local port is free at once.
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

  /** Null where the channel is closed, and nothing is left to be said. */
  private static @Nullable NettyConnection open(Channel channel) {

    NettyConnection connection = NettyConnection.find(channel);
    if (connection == null && channel.isOpen()) {
      throw new IllegalArgumentException("channel must be a NettyConnector's, was " + channel);
    }
    return connection;
  }
}
