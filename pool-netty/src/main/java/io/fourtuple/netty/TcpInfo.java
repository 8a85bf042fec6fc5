package io.fourtuple.netty;

/** What the fields of Linux's {@code TCP_INFO} mean. */
final class TcpInfo {
  /** {@code TCPI_OPT_TIMESTAMPS} of {@code linux/tcp.h}. */
  private static final int OPTION_TIMESTAMPS = 1;

  /** {@code TCP_CLOSE_WAIT} of {@code net/tcp_states.h}. */
  private static final int STATE_CLOSE_WAIT = 8;

  private TcpInfo() {}

  /** Whether both ends use TCP timestamps. */
  static boolean hasTimestamps(int options) {
    return (options & OPTION_TIMESTAMPS) != 0;
  }

  /** Whether the peer's FIN has come, and ours is not sent. */
  static boolean hasPeersFin(int state) {
    return state == STATE_CLOSE_WAIT;
  }
}
