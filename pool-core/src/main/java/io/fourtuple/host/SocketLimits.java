package io.fourtuple.host;

import java.time.Duration;

/**
 * What bounds the sockets of a host besides its ports. Immutable.
 *
 * @param timeWait how long a connection that we closed first stays in TIME_WAIT; 1 s to 1 h
 * @param timeWaitSockets how many may be in TIME_WAIT, of all programs together; those beyond it
 *     are dropped, which frees their ports too early. {@link Integer#MAX_VALUE} for no bound
 * @param openFiles how many files, sockets included, this process may have open; {@link
 *     Integer#MAX_VALUE} for no bound
 * @param mostOpenFiles up to where {@code openFiles} can be raised without being root (the hard
 *     limit); {@link Integer#MAX_VALUE} for no bound
 */
public record SocketLimits(
    Duration timeWait, int timeWaitSockets, int openFiles, int mostOpenFiles) {
  private static final Duration LONGEST = Duration.ofHours(1);

  /** Linux: the constant TCP_TIMEWAIT_LEN (include/net/tcp.h). */
  private static final Duration LINUX_TIME_WAIT = Duration.ofSeconds(60);

  /** Windows, where TcpTimedWaitDelay is not set (Microsoft's reference of that value). */
  private static final Duration WINDOWS_TIME_WAIT = Duration.ofMinutes(4);

  /** Checks the values. */
  public SocketLimits {
    if (timeWait.compareTo(Duration.ofSeconds(1)) < 0 || timeWait.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("timeWait must be in 1 s..1 h, was " + timeWait);
    }
    if (timeWaitSockets < 0) {
      throw new IllegalArgumentException("timeWaitSockets must be >= 0, was " + timeWaitSockets);
    }
    if (openFiles < 0) {
      throw new IllegalArgumentException("openFiles must be >= 0, was " + openFiles);
    }
    if (mostOpenFiles < openFiles) {
      throw new IllegalArgumentException(
          "mostOpenFiles must be >= openFiles, " + openFiles + ", was " + mostOpenFiles);
    }
  }

  /** Limits of a process that may raise its number of open files. */
  public SocketLimits(Duration timeWait, int timeWaitSockets, int openFiles) {
    this(timeWait, timeWaitSockets, openFiles, Integer.MAX_VALUE);
  }

  /**
   * The documented defaults of a system, without bounds on numbers. For macOS twice the 30 s that
   * it waits by default, since that can be changed; for a system that is not known those of Linux.
   */
  static SocketLimits defaultsOf(String osName) {
    return new SocketLimits(
        osName.startsWith("Windows") ? WINDOWS_TIME_WAIT : LINUX_TIME_WAIT,
        Integer.MAX_VALUE,
        Integer.MAX_VALUE);
  }
}
