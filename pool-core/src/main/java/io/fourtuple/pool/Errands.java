package io.fourtuple.pool;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Does what was collected in sections: each errand for itself, so that one that fails costs no
 * other, and never deep on one stack. One who is served may give back at once, which serves the
 * next, and so on through thousands of callers. Thread-safe; one per pool.
 */
final class Errands {
  /** From so many errands within errands on, further ones wait until the outermost is done. */
  private static final int DEEPEST = 16;

  private final ThreadLocal<OnThread> threads = ThreadLocal.withInitial(OnThread::new);

  private static final class OnThread {
    final Queue<Runnable> later = new ArrayDeque<>();
    int depth;
    @Nullable Throwable firstFault;

    @SuppressWarnings("ReferenceEquality") // none may suppress itself, only an equal
    void run(Runnable errand) {
      try {
        errand.run();
      } catch (RuntimeException | Error e) {
        if (firstFault == null) {
          firstFault = e;
        } else if (firstFault != e) {
          firstFault.addSuppressed(e);
        }
      }
    }
  }

  /** Does one errand, now or when this thread's outermost one is done. */
  void run(Runnable errand) {
    run(List.of(errand));
  }

  /** Does some errands, now or when this thread's outermost one is done. */
  void run(List<Runnable> errands) {
    OnThread thread = threads.get();
    if (thread.depth >= DEEPEST) {
      thread.later.addAll(errands);
      return;
    }
    thread.depth++;
    errands.forEach(thread::run);
    Runnable late;
    while (thread.depth == 1 && (late = thread.later.poll()) != null) {
      thread.run(late);
    }
    thread.depth--;
    if (thread.depth == 0 && thread.firstFault != null) {
      Throwable fault = thread.firstFault;
      thread.firstFault = null;
      if (fault instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) fault;
    }
  }
}
