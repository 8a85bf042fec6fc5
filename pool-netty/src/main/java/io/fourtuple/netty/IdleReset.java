package io.fourtuple.netty;

/**
 * When an idle connection above the high mark is reset, which frees its port at once, instead of
 * closed. The peer may log a reset; a request that it was sent is never lost by it, because idle
 * connections carry none.
 */
public enum IdleReset {
  /** All are closed in order. */
  NEVER,
  /**
   * Reset, but for TLS connections, whose peers may take it for an attack, and for {@link
   * io.fourtuple.port.PortSelection#OWNED}, which has no need. The default.
   */
  WHERE_USEFUL,
  /** Reset. */
  ALWAYS
}
