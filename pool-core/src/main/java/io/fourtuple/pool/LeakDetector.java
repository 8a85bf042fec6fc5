package io.fourtuple.pool;

import java.lang.ref.ReferenceQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds leases that the garbage collector has found, closes their connections, and names the place
 * where they were acquired. Thread-safe.
 */
final class LeakDetector<C> {
  private static final Logger log = LoggerFactory.getLogger(LeakDetector.class);

  /** One acquisition in so many records its place, as long as no lease was lost without. */
  private static final int SAMPLING = 128;

  private final LeakDetection mode;
  private final ReferenceQueue<Lease<C>> lost = new ReferenceQueue<>();
  private volatile boolean tracesAll;

  LeakDetector(LeakDetection mode) {
    this.mode = mode;
    this.tracesAll = mode == LeakDetection.TRACED;
  }

  /**
   * Makes a lease.
   *
   * @param place where it was acquired, as {@link #place} has said there
   */
  Lease<C> lend(PooledConnection<C> connection, @Nullable Throwable place) {
    Lease<C> lease = new Lease<>(connection);
    if (mode != LeakDetection.OFF) {
      connection.lease = new LeaseRef<>(lease, connection, place, lost);
    }
    return lease;
  }

  /** Where the current thread acquires; null where that is not to be recorded. */
  @Nullable Throwable place() {
    boolean isTraced = tracesAll || ThreadLocalRandom.current().nextInt(SAMPLING) == 0;
    return isTraced && mode != LeakDetection.OFF ? new Throwable("acquired here") : null;
  }

  void returned(PooledConnection<C> connection) {
    connection.lease = null;
  }

  /** Deals with leases that were lost since the last call. */
  void check() {
    Object next;
    while ((next = lost.poll()) != null) {
      @SuppressWarnings("unchecked") // only ours are registered with this queue
      LeaseRef<C> ref = (LeaseRef<C>) next;
      if (ref.connection.lease == ref) {
        report(ref);
        ref.connection.home.leaked(ref.connection, ref.place);
      }
    }
  }

  private void report(LeaseRef<C> ref) {
    if (ref.place == null) {
      tracesAll = true;
      log.warn(
          "a lease of {} was lost without being closed; from now on each acquire records its place",
          ref.connection.reservation);
    } else {
      log.warn(
          "a lease of {} was lost without being closed", ref.connection.reservation, ref.place);
    }
  }
}
