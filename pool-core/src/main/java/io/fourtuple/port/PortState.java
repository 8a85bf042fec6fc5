package io.fourtuple.port;

/**
 * The life of one local port on one {@link Route}. {@code docs/architecture.md} has the picture.
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

  private static final PortState[] STATES = values();

  /** For each state a bit set of those that may follow. */
  private static final int[] SUCCESSORS = new int[STATES.length];

  static {
    legal(FREE, RESERVED, TIME_WAIT, FOREIGN);
    legal(RESERVED, CONNECTING, FREE, FOREIGN);
    legal(CONNECTING, ESTABLISHED, CLOSING, TIME_WAIT, FREE, FOREIGN);
    legal(ESTABLISHED, CLOSING);
    legal(CLOSING, TIME_WAIT, FREE);
    legal(TIME_WAIT, FREE, RESERVED);
    legal(FOREIGN, FREE);
  }

  private static void legal(PortState from, PortState... successors) {
    for (PortState to : successors) {
      SUCCESSORS[from.ordinal()] |= 1 << to.ordinal();
    }
  }

  /** Whether the kernel's rules and ours let a port go from this state to {@code next}. */
  public boolean canBecome(PortState next) {
    return (SUCCESSORS[ordinal()] & 1 << next.ordinal()) != 0;
  }

  /** The state with an ordinal, without the copy that {@link #values()} makes. */
  static PortState of(int ordinal) {
    return STATES[ordinal];
  }
}
