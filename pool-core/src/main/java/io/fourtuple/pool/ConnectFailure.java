package io.fourtuple.pool;

/**
 * Why a connect failed, as far as the pool has to know.
 *
 * @param kind what to do next
 * @param cause for logs and for the caller
 */
public record ConnectFailure(Kind kind, Throwable cause) {
  /** Who is to blame. */
  public enum Kind {
    /** The local port, tuple or source address: another one may work at once. */
    LOCAL_PORT,
    /** The peer or the way to it: refused, silent, reset, handshake failed. */
    ENDPOINT,
    /** This host or process: file descriptors, buffers, event loop gone. */
    HOST,
    /** Nobody: the pool cancelled it. */
    CANCELLED
  }
}
