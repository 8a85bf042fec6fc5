package io.fourtuple.port;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger's lock. What has to be told to others is collected, and told when it is left. */
final class Guard {
  private static final Logger log = LoggerFactory.getLogger(Guard.class);

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable List<Runnable> collected;

  /** Remembers to tell somebody something once the lock is left. Only inside. */
  void afterwards(Runnable told) {
    if (collected == null) {
      collected = new ArrayList<>(2);
    }
    collected.add(told);
  }

  /** Does something under the lock. */
  void run(Runnable action) {
    inside(
        () -> {
          action.run();
          return true;
        });
  }

  /** Finds something out under the lock. */
  <T extends @Nullable Object> T inside(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      List<Runnable> toTell = collected;
      collected = null;
      lock.unlock();
      if (toTell != null) {
        toTell.forEach(Guard::tell);
      }
    }
  }

  /** Who fails costs neither the others, nor the one whose call happens to tell them. */
  private static void tell(Runnable somebody) {
    try {
      somebody.run();
    } catch (RuntimeException | Error e) { // an Error too: others are still to be told
      log.error("somebody who waits for ports, or reads the kernel's table, failed", e);
    }
  }
}
