package io.fourtuple.port;

/**
 * How the use of a reserved port ended, as seen by whoever held the socket. It decides how long the
 * port rests. In doubt say {@link #UNKNOWN}: resting too long costs a port, too short an error.
 */
public enum Ending {
  /** The kernel never heard of it: nothing was bound, or the bound socket is closed again. */
  ABANDONED,
  /** The connect was refused, timed out, or was given up: SYN_SENT leaves nothing behind. */
  CONNECT_FAILED,
  /** The peer sent its FIN first. */
  PEER_CLOSED_FIRST,
  /** Either side sent a reset. */
  RESET,
  /** We sent our FIN first and have seen the peer's: TIME_WAIT begins now. */
  LOCAL_CLOSED_FIRST,
  /**
   * Closed, nobody knows by whom: treated as {@link #LOCAL_CLOSED_FIRST} until the kernel's table
   * is read.
   */
  UNKNOWN,
  /** We closed without having seen the peer's FIN: the kernel waits in FIN_WAIT2 first. */
  ORPHANED,
  /** We closed towards a peer that answers no more: the kernel retransmits our FIN for a while. */
  VANISHED,
  /** The bind said EADDRINUSE: somebody holds this port of this source for every destination. */
  PORT_TAKEN,
  /** The connect said EADDRNOTAVAIL: the kernel still, or for somebody else, knows the 4-tuple. */
  TUPLE_TAKEN,
  /** The bind said EADDRNOTAVAIL: the source address is not on this host (any more). */
  SOURCE_GONE
}
