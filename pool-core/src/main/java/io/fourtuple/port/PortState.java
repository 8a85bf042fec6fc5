package io.fourtuple.port;

import java.util.EnumSet;
import java.util.Set;

/**
 * The life of one local port on one {@link Route}. See {@code docs/architecture.md} for the
 * picture; a test compares it with this table.
 */
public enum PortState {
  /** Nobody uses it, as far as we know. */
  FREE,
  /** Promised to somebody who has not told the kernel yet. */
  RESERVED,
  /** The connect is in progress. */
  CONNECTING,
  /** A connection uses it. */
  ESTABLISHED,
  /** A FIN or a reset is under way, or the socket was closed a moment ago. */
  CLOSING,
  /** We closed first: the kernel keeps the 4-tuple for a while (RFC 9293, 3.3.2). */
  TIME_WAIT,
  /** Somebody else holds it; probed again later. */
  FOREIGN;

  /** Whether the kernel's and our rules let a port go from this state to {@code next}. */
  public boolean canBecome(PortState next) {
    return successors().contains(next);
  }

  private Set<PortState> successors() {
    return switch (this) {
      case FREE -> EnumSet.of(RESERVED, TIME_WAIT, FOREIGN);
      case RESERVED -> EnumSet.of(CONNECTING, FREE, FOREIGN);
      case CONNECTING -> EnumSet.of(ESTABLISHED, CLOSING, TIME_WAIT, FREE, FOREIGN);
      case ESTABLISHED -> EnumSet.of(CLOSING);
      case CLOSING -> EnumSet.of(TIME_WAIT, FREE);
      case TIME_WAIT -> EnumSet.of(FREE, RESERVED);
      case FOREIGN -> EnumSet.of(FREE);
    };
  }
}
