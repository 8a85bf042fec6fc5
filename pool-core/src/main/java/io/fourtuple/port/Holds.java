package io.fourtuple.port;

import java.time.Duration;

/**
 * How long ports rest: a pure function of how the port was picked, how its use ended, and what the
 * host allows. All values were measured on Linux 6.18; {@code docs/adr/0003-holds.md} has the
 * table.
 *
 * @param rest after every end, because the kernel knows the 4-tuple a little longer than we know
 *     the socket
 * @param timeWait the kernel's 60 s, its timers' rounding of up to 5 s, and a second
 * @param limits the host's rules
 */
record Holds(Duration rest, Duration timeWait, HostLimits limits) {
  static final Duration DEFAULT_REST = Duration.ofMillis(10);
  static final Duration DEFAULT_TIME_WAIT = Duration.ofSeconds(66);

  /** A FIN that nobody acknowledges is retransmitted for 105.2 to 105.7 s. */
  static final Duration VANISHED = Duration.ofSeconds(110);

  /** What FIN_WAIT2 adds to {@code tcp_fin_timeout}. */
  private static final Duration AFTER_FIN_TIMEOUT = Duration.ofSeconds(60);

  /**
   * How long the port is in TIME_WAIT after the rest, in milliseconds; 0 for not at all.
   *
   * @param timestamps whether both ends use TCP timestamps, as far as we know
   */
  long timeWaitMillis(PortSelection selection, Ending ending, Route route, Timestamps timestamps) {
    return switch (ending) {
      case ABANDONED, CONNECT_FAILED, PEER_CLOSED_FIRST, RESET, SOURCE_GONE -> 0;
      case PORT_TAKEN, TUPLE_TAKEN -> 0; // RoutePorts keeps these by itself
      case VANISHED -> VANISHED.toMillis();
      case ORPHANED -> limits.finTimeout().plus(AFTER_FIN_TIMEOUT).toMillis();
      case LOCAL_CLOSED_FIRST, UNKNOWN ->
          kernelReuses(selection, route, timestamps)
              ? limits.timeWaitReuseDelay().plus(rest).toMillis()
              : timeWait.toMillis();
    };
  }

  /**
   * How long segments of a connection may still be sent after it was settled, in milliseconds: our
   * FIN, again and again, to a peer that has vanished; the peer's FIN, and our answer, while an
   * orphan is in FIN_WAIT2.
   */
  long lingerMillis(Ending ending) {
    return switch (ending) {
      case VANISHED -> VANISHED.toMillis();
      case ORPHANED -> limits.finTimeout().plus(limits.finTimeout().dividedBy(10)).toMillis();
      default -> 0;
    };
  }

  /** Whether the kernel itself picks, or accepts, a port out of TIME_WAIT: {@code tcp_tw_reuse}. */
  boolean kernelReuses(PortSelection selection, Route route, Timestamps timestamps) {
    if (!selection.isPickedAtConnect() || timestamps == Timestamps.OFF) {
      return false;
    }
    return switch (limits.timeWaitReuse()) {
      case NEVER -> false;
      case ALWAYS -> true;
      case LOOPBACK ->
          route.source().address().isLoopbackAddress()
              && route.endpoint().address().isLoopbackAddress();
    };
  }

  /**
   * Whether an explicit bind gets the port out of TIME_WAIT at once. Not where nobody has seen the
   * end: our FIN may be unanswered, and the kernel refuses what is not in TIME_WAIT yet.
   */
  static boolean isReusable(PortSelection selection, Ending ending, Timestamps timestamps) {
    return selection == PortSelection.OWNED
        && timestamps != Timestamps.OFF
        && ending != Ending.UNKNOWN
        && ending != Ending.VANISHED
        && ending != Ending.TUPLE_TAKEN;
  }

  /** What is known about TCP timestamps towards an endpoint. */
  enum Timestamps {
    /** Not refuted yet: most peers have them. */
    ASSUMED,
    /** This host or the peer does without. */
    OFF
  }
}
