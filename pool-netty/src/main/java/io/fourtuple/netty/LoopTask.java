package io.fourtuple.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A task for an event loop that may end before it has run it. */
final class LoopTask {
  private LoopTask() {}

  /**
   * Runs one of the two, once: the task on the loop, or what is to be done where the loop has
   * ended, which may have taken the task. Never at once, even on the loop: a chain of failed
   * attempts must not grow the stack.
   */
  static void run(EventLoop loop, Runnable task, Runnable whereEnded) {
    AtomicBoolean begun = new AtomicBoolean();
    Runnable refusal = () -> once(begun, whereEnded);
    try {
      loop.execute(() -> once(begun, task));
    } catch (RejectedExecutionException shutDown) {
      refusal.run();
      return;
    }
    if (loop.isShutdown()) {
      refusal.run();
    }
  }

  private static void once(AtomicBoolean begun, Runnable step) {
    if (begun.compareAndSet(false, true)) {
      step.run();
    }
  }
}
