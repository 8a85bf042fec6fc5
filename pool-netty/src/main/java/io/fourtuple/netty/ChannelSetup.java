package io.fourtuple.netty;

import io.fourtuple.pool.Destination;
import io.netty.channel.Channel;

/**
 * Adds the user's handlers to a new connection.
 *
 * <p>Runs on the connection's event loop when TCP is connected and, with TLS, the handshake is yet
 * to come; handlers that choose a protocol by ALPN find its outcome as usual. Bytes that arrive
 * while a connection is not leased never reach these handlers: they discard the connection.
 */
@FunctionalInterface
public interface ChannelSetup {
  /**
   * Adds handlers at the end of the channel's pipeline.
   *
   * @throws Exception to refuse the connection, which is then reset and fails the connect
   */
  void setUp(Channel channel, Destination destination) throws Exception;
}
