package io.fourtuple.pool;

import io.fourtuple.port.SourceAddress;
import java.util.List;
import java.util.Set;

/**
 * How a pool stood. Each destination is consistent in itself; they are looked at one after another.
 *
 * @param destinations those in use
 * @param counters of these, and of those that are not kept any more
 * @param gone sources that the kernel says are not on this host, until a connect from there works
 */
public record PoolSnapshot(
    List<DestinationSnapshot> destinations, PoolCounters counters, Set<SourceAddress> gone) {
  /** Idle connections. */
  public int idle() {
    return destinations.stream().mapToInt(DestinationSnapshot::idle).sum();
  }

  /** Connections in use. */
  public int leased() {
    return destinations.stream().mapToInt(DestinationSnapshot::leased).sum();
  }

  /** Leases that are out: at least one for each connection in use. */
  public int leases() {
    return destinations.stream().mapToInt(DestinationSnapshot::leases).sum();
  }

  /** Connects in progress. */
  public int connecting() {
    return destinations.stream().mapToInt(DestinationSnapshot::connecting).sum();
  }

  /** Callers that wait. */
  public int waiting() {
    return destinations.stream().mapToInt(DestinationSnapshot::waiting).sum();
  }
}
