package io.fourtuple.examples.incident;

import io.fourtuple.port.PortsExhaustedException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of the callers of a phase. Thread-safe. */
final class Tally {
  /** The longest rest of a port: 60 s of TIME_WAIT and what the kernel's timers add. */
  private static final Duration LONGEST_ESTIMATE = Duration.ofSeconds(66);

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger surfaced = new AtomicInteger();
  private final Duration deadline;
  private volatile @Nullable String firstRefusal;
  private volatile @Nullable String firstFailure;

  /**
   * Counts nothing yet.
   *
   * @param deadline how long callers wait: whoever is refused then is not refused early
   */
  Tally(Duration deadline) {
    this.deadline = deadline;
  }

  void ask() {
    asked.incrementAndGet();
  }

  void succeed() {
    succeeded.incrementAndGet();
  }

  /** Counts a caller that got an error, as refused or as failed. */
  void fail(Throwable error) {
    Throwable reason =
        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    String text = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    if (isEarlyRefusal(reason)) {
      refused.incrementAndGet();
      firstRefusal = firstRefusal == null ? text : firstRefusal;
    } else {
      failed.incrementAndGet();
      firstFailure = firstFailure == null ? text : firstFailure;
    }
    if (isKernelRefusal(reason)) {
      surfaced.incrementAndGet();
    }
  }

  private boolean isEarlyRefusal(Throwable reason) {
    if (!(reason instanceof PortsExhaustedException exhausted)) {
      return false;
    }
    Optional<Duration> estimate = exhausted.retryAfter();
    return exhausted.waited().compareTo(deadline) < 0
        && estimate.isPresent()
        && estimate.get().compareTo(Duration.ZERO) > 0
        && estimate.get().compareTo(LONGEST_ESTIMATE) <= 0;
  }

  /** EADDRNOTAVAIL or EADDRINUSE, from the JDK or, by number, from a native transport. */
  static boolean isKernelRefusal(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (cause instanceof BindException
          || message.contains("error(-98)")
          || message.contains("error(-99)")) {
        return true;
      }
    }
    return false;
  }

  int asked() {
    return asked.get();
  }

  int failed() {
    return failed.get();
  }

  /** Callers that have their answer or their error. */
  int finished() {
    return succeeded.get() + refused.get() + failed.get();
  }

  /** The counts, and what was seen from outside, as a result. */
  PhaseResult result(Phase phase, Seen seen) {
    return new PhaseResult(
        phase,
        asked.get(),
        succeeded.get(),
        refused.get(),
        failed.get(),
        surfaced.get(),
        seen.absorbed,
        seen.opened,
        seen.peakPorts,
        TimeUnit.NANOSECONDS.toMillis(seen.nanos),
        firstFailure != null ? firstFailure : firstRefusal,
        null);
  }

  /**
   * What others than the callers saw.
   *
   * @param absorbed by the ledger
   * @param opened by the back ends
   * @param peakPorts by the kernel
   * @param nanos by the clock
   */
  record Seen(long absorbed, int opened, int peakPorts, long nanos) {}
}
