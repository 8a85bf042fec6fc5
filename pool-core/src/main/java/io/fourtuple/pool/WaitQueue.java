package io.fourtuple.pool;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for a connection to one destination, in order. One who gives up leaves from the
 * middle as cheaply as from the front. Needs the destination's lock, except where said.
 */
final class WaitQueue<C> {
  /** Whoever has waited for less may be passed over: about what a busy event loop's turn takes. */
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Whoever has waited for so long is never passed over, however slow connects are. */
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** So many are passed over for one connection: with 32 event loops twice as many as is usual. */
  private static final int MOST_PASSED = 64;

  private final Set<Waiter<C>> waiters = new LinkedHashSet<>();
  private volatile long headSince;
  private volatile int sizeNow;

  int size() {
    return waiters.size();
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  void add(Waiter<C> waiter) {
    waiters.add(waiter);
    changed();
  }

  /** Takes out the first; null for none. */
  @Nullable Waiter<C> poll() {
    Iterator<Waiter<C>> queue = waiters.iterator();
    return queue.hasNext() ? take(queue.next()) : null;
  }

  /**
   * Takes out who gets a connection: the first whose event loop it belongs to, unless somebody
   * before him has waited for long; then the first. Null where nobody waits.
   *
   * <p>Where the connection is new, whoever is passed over has one being opened, too. It is late
   * once he has waited for twice as long as this one took.
   */
  @Nullable Waiter<C> pollFor(PooledConnection<C> connection, long now) {
    long connect = connection.leases() == 0 ? now - connection.idleSince : 0;
    long longest = Math.max(TURN_NANOS, Math.min(2 * connect, LONGEST_NANOS));
    int passed = 0;
    for (Waiter<C> waiter : waiters) {
      if (connection.suits(waiter.affinity)) {
        return take(waiter);
      }
      if (now - waiter.since > longest || ++passed == MOST_PASSED) {
        break;
      }
    }
    return poll();
  }

  private Waiter<C> take(Waiter<C> waiter) {
    waiters.remove(waiter);
    changed();
    return waiter;
  }

  /** Takes one out; false where it was not in: somebody else completes it. */
  boolean remove(Waiter<C> waiter) {
    boolean was = waiters.remove(waiter);
    changed();
    return was;
  }

  /** The affinity of the one that has so many before it; null for none, or nobody. */
  @Nullable Object affinityAfter(int ahead) {
    int left = ahead;
    for (Waiter<C> waiter : waiters) {
      if (left-- == 0) {
        return waiter.affinity;
      }
    }
    return null;
  }

  /** All, in order, as a copy. */
  List<Waiter<C>> all() {
    return List.copyOf(waiters);
  }

  /** Since when the first waits, as a tick. Needs no lock; means nothing while nobody waits. */
  long headSince() {
    return headSince;
  }

  /** How many wait. Needs no lock. */
  int sizeNow() {
    return sizeNow;
  }

  private void changed() {
    sizeNow = waiters.size();
    if (!waiters.isEmpty()) {
      headSince = waiters.iterator().next().since;
    }
  }
}
