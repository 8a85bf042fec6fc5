package io.fourtuple.pool;

import io.fourtuple.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A critical section in which nothing foreign is called: what there is to do outside is collected,
 * and done when the section is left. Not re-entrant in that respect: what is collected runs when
 * the outermost section ends.
 *
 * <p>What runs outside may enter again, and collect more: a caller returns its connection in its
 * callback, which serves the next caller, and so on. Each turn takes stack, so after some of them
 * the scheduler goes on.
 */
final class Section {
  /** Turns that run at a time, inside each other or on several threads, before we defer. */
  private static final int MOST_TURNS = 64;

  private final Scheduler scheduler;
  private final AtomicInteger turns = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable List<Runnable> collected;

  Section(Scheduler scheduler) {
    this.scheduler = scheduler;
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

  /** Leaves, and does what was collected, or has it done soon. */
  void leave() {
    List<Runnable> actions = null;
    if (lock.getHoldCount() == 1) {
      actions = collected;
      collected = null;
    }
    lock.unlock();
    if (actions == null) {
      return;
    }
    if (turns.get() < MOST_TURNS) {
      run(actions);
    } else {
      List<Runnable> deferred = actions;
      scheduler.schedule(() -> run(deferred), Duration.ZERO);
    }
  }

  private void run(List<Runnable> actions) {
    turns.incrementAndGet();
    try {
      actions.forEach(Runnable::run);
    } finally {
      turns.decrementAndGet();
    }
  }
}
