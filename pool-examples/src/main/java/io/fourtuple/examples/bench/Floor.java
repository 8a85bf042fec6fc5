package io.fourtuple.examples.bench;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The least that any pool does: one compare-and-set to take, and one volatile store to give back,
 * in a slot of the thread's own, far from other threads' slots.
 */
final class Floor implements Contestant {
  /** 256 bytes before and behind: more than a cache line and its neighbour. */
  private static final int PADDING = 64;

  @Override
  public Caller caller() {
    AtomicIntegerArray slots = new AtomicIntegerArray(2 * PADDING);
    Object object = new Object();
    return () -> {
      if (!slots.compareAndSet(PADDING, 0, 1)) {
        throw new IllegalStateException("somebody else's slot");
      }
      slots.set(PADDING, 0);
      return object;
    };
  }
}
