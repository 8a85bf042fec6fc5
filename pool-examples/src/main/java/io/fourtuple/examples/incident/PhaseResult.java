package io.fourtuple.examples.incident;

import org.jspecify.annotations.Nullable;

/**
 * What a phase has measured.
 *
 * @param phase which
 * @param requests callers that asked
 * @param succeeded of them, answered
 * @param refused of them, refused early with an estimate
 * @param failed of them, with any other error
 * @param surfaced of the refused and failed, those that saw EADDRNOTAVAIL or EADDRINUSE
 * @param absorbed refusals of the kernel that were answered with another port
 * @param opened connections that the back ends accepted
 * @param peakPorts most local ports in use at a time, read from the kernel: where a peak is
 *     promised, at the moment that all connections carry a request; else from time to time
 * @param elapsedMillis from the first request to the last answer
 * @param firstError what the first caller saw that failed, or where none did, that was refused;
 *     null where all were answered
 * @param skipped why the phase did not run; null where it did
 */
record PhaseResult(
    Phase phase,
    int requests,
    int succeeded,
    int refused,
    int failed,
    int surfaced,
    long absorbed,
    int opened,
    int peakPorts,
    long elapsedMillis,
    @Nullable String firstError,
    @Nullable String skipped) {

  /** The result of a phase that cannot run here. */
  static PhaseResult skipped(Phase phase, String reason) {
    return new PhaseResult(phase, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, reason);
  }

  /** The result of a phase that broke down; it breaks its promises. */
  static PhaseResult died(Phase phase, String error) {
    return new PhaseResult(phase, 0, 0, 0, 0, 0, 0, 0, 0, 0, error, null);
  }

  boolean ran() {
    return skipped == null;
  }
}
