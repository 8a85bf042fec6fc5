package io.fourtuple.pool;

/**
 * What a {@link Connector} tells about one connection: first exactly one of {@link #connected} and
 * {@link #failed}, and after {@code connected} exactly one {@link #closed}.
 *
 * @param <C> the connection's type
 */
public interface ConnectionEvents<C> {
  /** The connection is ready for requests, handshakes included. */
  void connected(C connection);

  /** There will be no connection. The reservation is settled, or will be without further ado. */
  void failed(ConnectFailure failure);

  /**
   * The connection carries no further request: the peer closed, it broke, it received bytes that
   * nobody asked for, or it was closed from our side. The connector closes what is left of it.
   */
  void closed();
}
