package io.fourtuple.examples.incident;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that a phase must show and did not.
 *
 * @param phase where
 * @param what which number
 * @param expected what it must be
 * @param got what it was
 */
record BrokenPromise(Phase phase, String what, String expected, String got) {
  /** Absorbed refusals stay under one in so many connects. */
  private static final int CONNECTS_PER_ABSORBED = 100;

  /** All promises that a result breaks; none for a phase that was skipped. */
  static List<BrokenPromise> in(PhaseResult result) {
    if (!result.ran()) {
      return List.of();
    }
    Checks checks = new Checks(result.phase());
    Phase.Promise promise = result.phase().promise();
    checks.equal("requests", result.phase().load().requests(), result.requests());
    checks.equal(
        "requests accounted for",
        result.requests(),
        result.succeeded() + result.refused() + result.failed());
    checks.equal("succeeded", promise.succeeded(), result.succeeded());
    checks.equal("refused early with an estimate", promise.refused(), result.refused());
    checks.equal("failed", promise.failed(), result.failed());
    checks.equal("EADDRNOTAVAIL surfaced", promise.failed(), result.surfaced());
    if (promise.peakPorts() != null) {
      checks.equal("ports in use at the peak", promise.peakPorts(), result.peakPorts());
    }
    checks.opened(result);
    checks.absorbed(result);
    return checks.broken;
  }

  /** {@code broken promise: pool: succeeded must be 10000, was 9999}. */
  @Override
  public String toString() {
    return "broken promise: "
        + phase.title()
        + ": "
        + what
        + " must be "
        + expected
        + ", was "
        + got;
  }

  private record Checks(Phase phase, List<BrokenPromise> broken) {
    Checks(Phase phase) {
      this(phase, new ArrayList<>());
    }

    void equal(String what, int expected, int got) {
      if (expected != got) {
        add(what, Integer.toString(expected), got);
      }
    }

    /** A plain client opens what fits, a churning one a connection for each answer. */
    void opened(PhaseResult result) {
      if (phase.setting().way().selection().isEmpty()) {
        equal("connections opened", phase.capacity(), result.opened());
      } else if (phase.load().closing() != Closing.KEEP_ALIVE
          && result.opened() < result.succeeded()) {
        add("connections opened", "at least " + result.succeeded(), result.opened());
      }
    }

    void absorbed(PhaseResult result) {
      long connects = result.opened() + result.absorbed();
      if (result.absorbed() > 0 && result.absorbed() * CONNECTS_PER_ABSORBED >= connects) {
        add("EADDRNOTAVAIL absorbed", "under 1 % of " + connects + " connects", result.absorbed());
      }
    }

    private void add(String what, String expected, long got) {
      broken.add(new BrokenPromise(phase, what, expected, Long.toString(got)));
    }
  }
}
