package io.fourtuple.pool;

/**
 * The life of a pooled connection. Its port outlives it: see {@link io.fourtuple.port.PortState}.
 */
enum ConnectionState {
  /** Nobody uses it; it may be leased. */
  IDLE,
  /** A caller uses it. */
  LEASED,
  /** The connector was told to close it. */
  CLOSING,
  /** The connector has said that it is gone. */
  CLOSED;

  boolean canBecome(ConnectionState next) {
    return switch (this) {
      case IDLE -> next == LEASED || next == CLOSING || next == CLOSED;
      case LEASED -> next == IDLE || next == CLOSING || next == CLOSED;
      case CLOSING -> next == CLOSED;
      case CLOSED -> false;
    };
  }
}
