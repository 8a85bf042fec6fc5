package io.fourtuple.pool;

import java.util.List;

/**
 * How a destination stood at one instant, and what it has counted since it was first used.
 *
 * @param destination the destination
 * @param endpoints its endpoints, in order, and then those that leave; empty before a name is
 *     resolved
 * @param waiting callers that wait
 * @param resolveFailures how often in a row the name could not be resolved, since it last was; the
 *     endpoints are the last that were found. 0 for a destination whose endpoints are given
 * @param counters what was counted
 */
public record DestinationSnapshot(
    Destination destination,
    List<EndpointSnapshot> endpoints,
    int waiting,
    int resolveFailures,
    PoolCounters counters) {
  /** Idle connections. */
  public int idle() {
    return endpoints.stream().mapToInt(EndpointSnapshot::idle).sum();
  }

  /** Connections in use. */
  public int leased() {
    return endpoints.stream().mapToInt(EndpointSnapshot::leased).sum();
  }

  /** Leases that are out: at least one for each connection in use. */
  public int leases() {
    return endpoints.stream().mapToInt(EndpointSnapshot::leases).sum();
  }

  /** Connects in progress. */
  public int connecting() {
    return endpoints.stream().mapToInt(EndpointSnapshot::connecting).sum();
  }
}
