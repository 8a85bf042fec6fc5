package io.fourtuple.examples.incident;

import org.jspecify.annotations.Nullable;

/** Results for tests: by default exactly what a phase promises. */
final class Results {
  private final Phase phase;
  private int requests;
  private int succeeded;
  private int refused;
  private int failed;
  private int surfaced;
  private long absorbed;
  private int opened;
  private int peakPorts;
  private @Nullable String firstError;

  private Results(Phase phase) {
    this.phase = phase;
    requests = phase.load().requests();
    succeeded = phase.promise().succeeded();
    refused = phase.promise().refused();
    failed = phase.promise().failed();
    surfaced = phase.promise().failed();
    opened =
        Math.max(phase.capacity(), phase.load().closing() == Closing.KEEP_ALIVE ? 0 : succeeded);
    peakPorts = phase.capacity();
  }

  static Results kept(Phase phase) {
    return new Results(phase);
  }

  Results requests(int number) {
    requests = number;
    return this;
  }

  Results succeeded(int number) {
    succeeded = number;
    return this;
  }

  Results refused(int number) {
    refused = number;
    return this;
  }

  Results failed(int number) {
    failed = number;
    return this;
  }

  Results surfaced(int number) {
    surfaced = number;
    return this;
  }

  Results absorbed(long number) {
    absorbed = number;
    return this;
  }

  Results opened(int number) {
    opened = number;
    return this;
  }

  Results peakPorts(int number) {
    peakPorts = number;
    return this;
  }

  Results firstError(String text) {
    firstError = text;
    return this;
  }

  PhaseResult result() {
    return new PhaseResult(
        phase,
        requests,
        succeeded,
        refused,
        failed,
        surfaced,
        absorbed,
        opened,
        peakPorts,
        1_234,
        firstError,
        null);
  }
}
