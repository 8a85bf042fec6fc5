package io.fourtuple.examples.incident;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Holds answers back until as many requests are in flight as there can be connections, so that the
 * peak is a fact and not a matter of timing. Thread-safe.
 */
final class FirstAnswers {
  private final int awaited;
  private final CompletableFuture<Void> full = new CompletableFuture<>();
  private final Object lock = new Object();
  private List<Runnable> held = new ArrayList<>();
  private boolean open;

  private FirstAnswers(int awaited) {
    this.awaited = awaited;
    this.open = awaited == 0;
  }

  /** Holds nothing back. */
  static FirstAnswers notHeld() {
    return new FirstAnswers(0);
  }

  /** Holds all answers back until {@link #release()}. */
  static FirstAnswers heldUntil(int requests) {
    return new FirstAnswers(requests);
  }

  /** Runs {@code answer} now, or once answers are released. */
  void whenReleased(Runnable answer) {
    boolean now;
    boolean complete = false;
    synchronized (lock) {
      now = open;
      if (!now) {
        held.add(answer);
        complete = held.size() == awaited;
      }
    }
    if (now) {
      answer.run();
    } else if (complete) {
      full.complete(null);
    }
  }

  /** Completes once as many requests wait for their answer as were awaited. */
  CompletableFuture<Void> full() {
    return full;
  }

  /** Lets the answers go, those held and all later ones. */
  void release() {
    List<Runnable> answers;
    synchronized (lock) {
      open = true;
      answers = held;
      held = List.of();
    }
    answers.forEach(Runnable::run);
  }
}
