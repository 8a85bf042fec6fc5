package io.fourtuple.pool;

/**
 * What was counted. No number is less than in an earlier snapshot.
 *
 * @param acquired leases given
 * @param reused those of them on a connection that was used before
 * @param opened connections opened
 * @param connectFailed connects that failed for the peer's or the host's sake
 * @param absorbed connects that the kernel refused for want of the port, which no caller noticed
 * @param surfaced those that a caller noticed: the promise is 0
 * @param refused callers that got no connection, for whatever reason
 * @param leaked leases that were lost
 */
public record PoolCounters(
    long acquired,
    long reused,
    long opened,
    long connectFailed,
    long absorbed,
    long surfaced,
    long refused,
    long leaked) {
  static final PoolCounters NONE = new PoolCounters(0, 0, 0, 0, 0, 0, 0, 0);

  PoolCounters plus(PoolCounters other) {
    return new PoolCounters(
        acquired + other.acquired,
        reused + other.reused,
        opened + other.opened,
        connectFailed + other.connectFailed,
        absorbed + other.absorbed,
        surfaced + other.surfaced,
        refused + other.refused,
        leaked + other.leaked);
  }
}
