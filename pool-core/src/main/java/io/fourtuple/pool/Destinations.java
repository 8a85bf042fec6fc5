package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.SourceAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The destinations of a pool, and what those have counted that are gone. Thread-safe. */
final class Destinations<C> {
  private final ConnectionPool<C> pool;
  private final Map<Destination, DestinationPool<C>> known = new ConcurrentHashMap<>();
  private final Map<Endpoint, Map<Destination, DestinationPool<C>>> byEndpoint =
      new ConcurrentHashMap<>();

  /** Needs the monitor. */
  private PoolCounters past = PoolCounters.NONE;

  Destinations(ConnectionPool<C> pool) {
    this.pool = pool;
  }

  @Nullable DestinationPool<C> find(Destination destination) {
    return known.get(destination);
  }

  DestinationPool<C> findOrBegin(Destination destination) {
    DestinationPool<C> found = known.get(destination);
    return found != null ? found : known.computeIfAbsent(destination, this::begin);
  }

  Collection<DestinationPool<C>> all() {
    return known.values();
  }

  /** Those that have a certain endpoint. */
  Collection<DestinationPool<C>> at(Endpoint endpoint) {
    return byEndpoint.getOrDefault(endpoint, Map.of()).values();
  }

  private DestinationPool<C> begin(Destination destination) {
    DestinationPool<C> begun = new DestinationPool<>(pool, destination);
    add(begun, destination.endpoints());
    return begun;
  }

  /** A destination has some endpoints. */
  void add(DestinationPool<C> destination, Collection<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      // One step, or remove() might drop the set between its being found and its being added to.
      byEndpoint.compute(
          endpoint,
          (e, there) -> {
            var pools =
                there != null ? there : new ConcurrentHashMap<Destination, DestinationPool<C>>();
            pools.put(destination.destination(), destination);
            return pools;
          });
    }
  }

  /** It has them no more. */
  void remove(DestinationPool<C> destination, Collection<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      byEndpoint.computeIfPresent(
          endpoint,
          (e, pools) -> {
            pools.remove(destination.destination(), destination);
            return pools.isEmpty() ? null : pools;
          });
    }
  }

  /** Nothing is left of a destination: what it has counted is kept. */
  void forget(DestinationPool<C> over) {
    PoolCounters counted = over.snapshot().counters();
    synchronized (this) { // or a snapshot might miss what was counted
      if (!known.remove(over.destination(), over)) {
        return;
      }
      past = past.plus(counted);
    }
    remove(over, over.knownEndpoints());
  }

  /** How they stand now. */
  PoolSnapshot snapshot(Set<SourceAddress> gone) {
    List<DestinationPool<C>> there;
    PoolCounters counters;
    synchronized (this) {
      there = List.copyOf(known.values());
      counters = past;
    }
    List<DestinationSnapshot> snapshots = new ArrayList<>(there.size());
    for (DestinationPool<C> destination : there) {
      DestinationSnapshot snapshot = destination.snapshot();
      snapshots.add(snapshot);
      counters = counters.plus(snapshot.counters());
    }
    return new PoolSnapshot(List.copyOf(snapshots), counters, Set.copyOf(gone));
  }
}
