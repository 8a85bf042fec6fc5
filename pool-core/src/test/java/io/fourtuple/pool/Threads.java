package io.fourtuple.pool;

import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Threads of tests, which wait for each other a bounded number of times and never sleep. */
final class Threads {
  private static final int MOST_LOOKS = 50_000_000;
  private static final int SPINS = 1_000;

  private Threads() {}

  /** Something that a thread does for a test. */
  @FunctionalInterface
  interface Task<T> {
    T run() throws Exception;
  }

  /** A task under way on a thread of its own. */
  record Running<T>(Thread thread, CompletableFuture<T> result) {
    /** Waits until the thread waits by itself. */
    void awaitParked() {
      until(
          "the thread waits",
          () ->
              thread.getState() == Thread.State.TIMED_WAITING
                  || thread.getState() == Thread.State.WAITING);
    }
  }

  static <T> Running<T> start(Task<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread = new Thread(() -> complete(result, task), "test");
    thread.setDaemon(true);
    thread.start();
    return new Running<>(thread, result);
  }

  static <T> void complete(CompletableFuture<T> result, Task<T> task) {
    try {
      result.complete(task.run());
    } catch (Exception | Error e) {
      result.completeExceptionally(e);
    }
  }

  @SuppressWarnings("ThreadPriorityCheck") // not for being right, but for being quick
  static void until(String what, BooleanSupplier condition) {
    for (int i = 0; i < MOST_LOOKS; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield(); // the other may wait for this processor
      }
    }
    throw new AssertionError("not within " + MOST_LOOKS + " looks: " + what);
  }
}
