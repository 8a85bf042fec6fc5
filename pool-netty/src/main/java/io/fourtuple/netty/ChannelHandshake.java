package io.fourtuple.netty;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;

/**
 * Makes a connection ready for requests before anybody gets it: what two peers have to say to each
 * other first, as to a proxy, about TLS, or a login.
 *
 * <p>With a handshake, bytes that arrive while nobody has leased the connection reach its handlers,
 * too: one that finds that they belong to nothing closes the channel.
 */
@FunctionalInterface
public interface ChannelHandshake {
  /**
   * Begins. Runs on the connection's event loop when TCP is connected, and, where the connector has
   * TLS of its own, the handlers for that have been added.
   *
   * @param request what the connection is for, and how long anybody waits for it
   * @param ready to be completed on the event loop: the connection can be lent, or why it never can
   *     be. Fails by itself when the time for handshakes is over
   * @throws Exception to refuse the connection, which is then reset and fails the connect
   */
  void begin(Channel channel, ConnectRequest request, ChannelPromise ready) throws Exception;

  /**
   * Whether connections to a destination may turn out to carry several leases at once. Asked from
   * any thread; must not block.
   *
   * @return false by default
   */
  default boolean mayMultiplex(Destination destination) {
    return false;
  }
}
