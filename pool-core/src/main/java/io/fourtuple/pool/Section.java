package io.fourtuple.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A critical section in which nothing foreign is called: what there is to do outside is collected,
 * and done when the section is left. Not re-entrant in that respect: what is collected runs when
 * the outermost section ends.
 */
final class Section {
  private final ReentrantLock lock = new ReentrantLock();
  private final Errands errands;
  private @Nullable List<Runnable> collected;

  Section(Errands errands) {
    this.errands = errands;
  }

  void enter() {
    lock.lock();
  }

  /** Remembers something to do outside. Only inside. */
  void afterwards(Runnable action) {
    if (collected == null) {
      collected = new ArrayList<>(2);
    }
    collected.add(action);
  }

  /** Leaves, and does what was collected. */
  void leave() {
    List<Runnable> actions = null;
    if (lock.getHoldCount() == 1) {
      actions = collected;
      collected = null;
    }
    lock.unlock();
    if (actions != null) {
      errands.run(actions);
    }
  }
}
