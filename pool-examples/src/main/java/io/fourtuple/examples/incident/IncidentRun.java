package io.fourtuple.examples.incident;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs phases one after the other, in a private network or on the host. */
final class IncidentRun {
  private final List<Phase> phases;
  private final Progress progress;

  IncidentRun(List<Phase> phases, Progress progress) {
    this.phases = phases;
    this.progress = progress;
  }

  /** All phases, in a network that is ours. */
  List<PhaseResult> inside() {
    List<PhaseResult> results = new ArrayList<>();
    for (Phase phase : phases) {
      PortPlan plan = PortPlan.inside(phase);
      results.add(
          announced(
              measured(
                  phase,
                  () -> {
                    set(phase, plan);
                    return run(phase, plan);
                  })));
    }
    return results;
  }

  /**
   * What can be run in a network that others use, too.
   *
   * @param obstacle why there is no private network
   */
  List<PhaseResult> onHost(String obstacle) {
    return phases.stream().map(phase -> announced(PhaseResult.skipped(phase, obstacle))).toList();
  }

  /** Something that measures a phase. */
  private interface Measurement {
    PhaseResult take() throws IOException, InterruptedException;
  }

  private static void set(Phase phase, PortPlan plan) throws IOException {
    KernelSetting.ephemeralRange(plan.ephemeral());
    Integer timeWaitReuse = phase.setting().timeWaitReuse();
    if (timeWaitReuse != null) {
      KernelSetting.TCP_TW_REUSE.write(timeWaitReuse.toString());
    }
  }

  private PhaseResult run(Phase phase, PortPlan plan) throws IOException, InterruptedException {
    return new PlainPhase(phase, plan, progress).run();
  }

  /** A phase that dies has kept no promise; the others still run. */
  private static PhaseResult measured(Phase phase, Measurement measurement) {
    try {
      return measurement.take();
    } catch (IOException | RuntimeException e) {
      return PhaseResult.died(phase, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return PhaseResult.died(phase, "interrupted");
    }
  }

  private PhaseResult announced(PhaseResult result) {
    progress.line(TableReport.line(result));
    return result;
  }
}
