package io.fourtuple.netty;

import io.netty.channel.Channel;

/**
 * What a user's handlers can say about a pooled connection. Thread-safe; both calls are final, and
 * may be made while the connection is leased.
 */
public final class PooledChannels {
  private PooledChannels() {}

  /**
   * The connection must carry no further request, whatever it looks like: it is closed when its
   * lease ends.
   *
   * @throws IllegalArgumentException where {@code channel} is not one of a {@link NettyConnector}
   */
  public static void discard(Channel channel) {
    NettyConnection.of(channel).discard();
  }

  /**
   * The same, and the peer is about to close, as an HTTP/1.1 server has announced that answers with
   * {@code Connection: close}. When the lease ends, its FIN is awaited, up to the close time-out,
   * before ours is sent: so TIME_WAIT stays with the peer, and the local port is free at once.
   *
   * @throws IllegalArgumentException where {@code channel} is not one of a {@link NettyConnector}
   */
  public static void expectPeerClose(Channel channel) {
    NettyConnection.of(channel).expectPeerClose();
  }
}
