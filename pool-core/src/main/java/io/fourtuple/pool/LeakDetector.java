package io.fourtuple.pool;

import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds leases that the garbage collector has found, closes their connections, and names the place
 * where they were acquired. Thread-safe.
 *
 * <p>A lease costs nothing here until it is out when somebody looks: then the pool lets go of the
 * lease's key and keeps a weak reference to it. A lost lease is found by the next look but one.
 */
final class LeakDetector<C> {
  private static final Logger log = LoggerFactory.getLogger(LeakDetector.class);

  /** One acquisition in so many records its place, as long as no lease was lost without. */
  private static final int SAMPLING = 128;

  /** Likewise, counted for each connection, where an idle one is at hand and time counts more. */
  private static final int SAMPLING_AT_HAND = 65_536;

  private final LeakDetection mode;
  private final ReferenceQueue<Object> lost = new ReferenceQueue<>();

  /** Connections that are gone while a lease is out: nobody else keeps what they know of it. */
  final Set<PooledConnection<C>> gone = ConcurrentHashMap.newKeySet();

  private volatile boolean tracesAll;

  LeakDetector(LeakDetection mode) {
    this.mode = mode;
    this.tracesAll = mode == LeakDetection.TRACED;
  }

  /** Where the current thread acquires; null where that is not to be recorded. */
  @Nullable Throwable place() {
    return tracesAll || ThreadLocalRandom.current().nextInt(SAMPLING) == 0 ? newPlace() : null;
  }

  /** Likewise, for a lease that was at hand. */
  @Nullable Throwable place(Lease<C> atHand) {
    return tracesAll || atHand.number % SAMPLING_AT_HAND == 0 ? newPlace() : null;
  }

  private @Nullable Throwable newPlace() {
    return mode == LeakDetection.OFF ? null : new Throwable("acquired here");
  }

  /** Begins to watch a connection's lease, if one is out. Inside of the section. */
  void watch(PooledConnection<C> connection) {
    Object key = mode == LeakDetection.OFF ? null : connection.letGoOfKey();
    if (key != null) {
      connection.refersTo(ref(connection, (int) connection.leasesAlone(), key));
    }
  }

  /** Watches a lease for which the pool keeps no key. */
  LeaseRef<C> ref(PooledConnection<C> connection, int lease, Object key) {
    return new LeaseRef<>(connection, lease, key, mode == LeakDetection.OFF ? null : lost);
  }

  /** Watches the leases of a connection that is gone. Inside of the section. */
  void watchGone(PooledConnection<C> connection) {
    watch(connection);
    if (mode != LeakDetection.OFF && connection.leasesOut() > 0) {
      gone.add(connection);
    }
  }

  /** A lease has ended; perhaps the last one of a connection that is gone. Inside. */
  void ended(PooledConnection<C> connection) {
    if (connection.state == ConnectionState.CLOSED && connection.leasesOut() == 0) {
      gone.remove(connection);
    }
  }

  /** Deals with leases that were lost since the last call. */
  void check() {
    Object next;
    while ((next = lost.poll()) != null) {
      @SuppressWarnings("unchecked") // only ours are registered with this queue
      LeaseRef<C> ref = (LeaseRef<C>) next;
      PooledConnection<C> connection = ref.connection;
      Throwable place = connection.acquiredAt(ref.lease);
      // Only the lease that was out then: later ones have the key from the pool again.
      if (connection.endLease(ref.lease)) {
        report(connection, place);
        connection.home().leaked(connection, place);
      }
    }
  }

  private void report(PooledConnection<C> connection, @Nullable Throwable place) {
    if (place == null) {
      tracesAll = true;
      log.warn(
          "a lease of {} was lost without being closed; from now on each acquire records its place",
          connection.reservation);
    } else {
      log.warn("a lease of {} was lost without being closed", connection.reservation, place);
    }
  }
}
