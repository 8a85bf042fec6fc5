package io.fourtuple.netty;

/** What a {@link NettyConnection} is about. */
enum Phase {
  CONNECTING,
  /** TCP is connected; carries requests, once TLS is done. */
  OPEN,
  /** Waits for the FIN of a peer that has said it would close. */
  AWAITING_PEER,
  /** We have sent our FIN. */
  DRAINING,
  /** The socket is closed, or is being closed right now. */
  CLOSED
}
