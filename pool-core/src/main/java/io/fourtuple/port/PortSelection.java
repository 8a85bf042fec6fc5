package io.fourtuple.port;

/**
 * Who picks the local port of a connection, and how the kernel is told. One way per source and
 * range, never mixed: explicitly bound and kernel-picked ports exclude each other on Linux.
 */
public enum PortSelection {
  /**
   * The kernel picks at connect, from its ephemeral range; we count. Needs {@code
   * IP_BIND_ADDRESS_NO_PORT} (Linux 4.2) where a source address is bound, or no bind at all.
   */
  KERNEL,

  /**
   * The ledger picks, and tells the kernel by narrowing {@code IP_LOCAL_PORT_RANGE} (Linux 6.3) to
   * that one port. Within the ephemeral range only. Such sockets share ports with all other
   * kernel-picked ones.
   */
  PINNED,

  /**
   * The ledger picks, and binds with {@code SO_REUSEADDR}. Any range, best one outside the
   * ephemeral range: every port in use is taken from all programs that let the kernel pick.
   */
  OWNED,

  /**
   * The kernel picks at bind: {@code bind(ip, 0)} without {@code IP_BIND_ADDRESS_NO_PORT}. Works
   * everywhere, with several sources, but takes the port from every destination at once, so the
   * budget is per source and not per route. Never chosen unless asked for.
   */
  EXCLUSIVE;

  /** Whether the ledger knows the port before the connection exists. */
  public boolean ledgerPicks() {
    return this == PINNED || this == OWNED;
  }

  /** Whether the kernel picks per 4-tuple, when it knows the destination; not before, at bind. */
  boolean isPickedAtConnect() {
    return this == KERNEL || this == PINNED;
  }
}
