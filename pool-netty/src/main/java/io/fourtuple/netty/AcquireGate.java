package io.fourtuple.netty;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many channels of a {@link BudgetedChannelPool} may be acquired at a time, and who waits, in
 * order, until one is released. Thread-safe; calls nobody.
 */
final class AcquireGate {
  enum Entry {
    ENTERED,
    WAITS,
    FULL,
    CLOSED
  }

  private final int maxAcquired;
  private final int maxWaiting;
  private final Set<ChannelAcquire> waiting = new LinkedHashSet<>();
  private int acquired;
  private boolean isClosed;

  AcquireGate(int maxAcquired, int maxWaiting) {
    this.maxAcquired = maxAcquired;
    this.maxWaiting = maxWaiting;
  }

  synchronized Entry enter(ChannelAcquire acquire) {
    if (isClosed) {
      return Entry.CLOSED;
    }
    if (acquired < maxAcquired) {
      acquired++;
      return Entry.ENTERED;
    }
    if (waiting.size() >= maxWaiting) {
      return Entry.FULL;
    }
    waiting.add(acquire);
    return Entry.WAITS;
  }

  /** Lets one that waits pass all limits; false where it waits no more. */
  synchronized boolean force(ChannelAcquire acquire) {
    if (!waiting.remove(acquire)) {
      return false;
    }
    acquired++;
    return true;
  }

  /** Ends the wait of one that gives up; false where it waits no more. */
  synchronized boolean remove(ChannelAcquire acquire) {
    return waiting.remove(acquire);
  }

  /**
   * One that has entered leaves.
   *
   * @return who enters in its place; null for nobody
   */
  synchronized @Nullable ChannelAcquire leave() {
    if (isClosed) {
      return null;
    }
    acquired--;
    Iterator<ChannelAcquire> queue = waiting.iterator();
    if (acquired >= maxAcquired || !queue.hasNext()) {
      return null;
    }
    ChannelAcquire next = queue.next();
    queue.remove();
    acquired++;
    return next;
  }

  /** Nobody enters any more; returns those that wait, to be refused. */
  synchronized List<ChannelAcquire> close() {
    isClosed = true;
    acquired = 0;
    List<ChannelAcquire> refused = List.copyOf(waiting);
    waiting.clear();
    return refused;
  }

  synchronized boolean isClosed() {
    return isClosed;
  }

  synchronized int acquired() {
    return acquired;
  }
}
