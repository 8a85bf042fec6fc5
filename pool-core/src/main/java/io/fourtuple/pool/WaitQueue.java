package io.fourtuple.pool;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Callers that wait for a connection to one destination, in order. One who gives up leaves from the
 * middle as cheaply as from the front. Needs the destination's lock, except where said.
 */
final class WaitQueue<C> {
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
    if (!queue.hasNext()) {
      return null;
    }
    Waiter<C> first = queue.next();
    queue.remove();
    changed();
    return first;
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
