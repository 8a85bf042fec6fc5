package io.fourtuple.pool;

/**
 * What a {@link Connector} tells about one connection: first exactly one of {@link #connected} and
 * {@link #failed}, and after {@code connected} exactly one {@link #closed}. In between {@link
 * #maxLeasesChanged} and {@link #draining} may come at any time, on any thread; earlier and later
 * they are harmless.
 *
 * @param <C> the connection's type
 */
public interface ConnectionEvents<C> {
  /** The connection is ready for requests, handshakes included. */
  void connected(C connection);

  /** There will be no connection. The reservation is settled, or will be without further ado. */
  void failed(ConnectFailure failure);

  /**
   * {@link Connector#maxLeases} has another answer now; it is asked before this returns. More
   * serves those who wait at once. With less than are out those come to their end, and no other
   * lease is given until there is room again.
   */
  default void maxLeasesChanged() {}

  /**
   * The connection takes no further lease, while those that are out go on: the peer has announced
   * its end, as with GOAWAY in HTTP/2 (RFC 9113, section 6.8). It is closed ({@link
   * Connector.CloseMode#ORDERLY}) when the last of them ends, at once where none is out.
   */
  default void draining() {}

  /**
   * The connection carries no further request: the peer closed, it broke, it received bytes that
   * nobody asked for, or it was closed from our side. The connector closes what is left of it.
   */
  void closed();
}
