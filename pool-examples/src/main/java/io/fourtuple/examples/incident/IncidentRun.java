package io.fourtuple.examples.incident;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.SocketTable;
import io.fourtuple.port.HostLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
   * What can be run in a network that others use, too: {@link Way#OWNED} on ports that nobody has.
   *
   * @param obstacle why there is no private network
   */
  List<PhaseResult> onHost(String obstacle) {
    List<Phase> owned =
        phases.stream().filter(phase -> !phase.setting().way().needsPrivateNetwork()).toList();
    HostLimits limits = HostNetwork.read().limits();
    List<PortPlan> plans;
    try {
      plans = plansOnHost(owned, limits);
    } catch (IOException e) {
      // Not Linux: no phase can be measured, and OWNED ports would behave differently.
      return phases.stream()
          .map(phase -> announced(PhaseResult.skipped(phase, "no socket table: " + e.getMessage())))
          .toList();
    }
    List<PhaseResult> results = new ArrayList<>();
    for (Phase phase : phases) {
      int place = owned.indexOf(phase);
      PhaseResult result;
      if (place < 0) {
        result = PhaseResult.skipped(phase, "needs a private network: " + obstacle);
      } else if (place >= plans.size()) {
        result = PhaseResult.skipped(phase, "no " + Phase.BLOCK + " free ports in a row");
      } else if (phase.load().closing() == Closing.CLIENT_FIRST && !limits.timestamps()) {
        result = PhaseResult.skipped(phase, "needs net.ipv4.tcp_timestamps=1");
      } else {
        result = measured(phase, () -> run(phase, plans.get(place)));
      }
      results.add(announced(result));
    }
    return results;
  }

  private static List<PortPlan> plansOnHost(List<Phase> owned, HostLimits limits)
      throws IOException {
    Set<Integer> used = new HashSet<>();
    SocketTable.read().forEach(socket -> used.add(socket.localPort()));
    return PortPlan.onHost(
        owned, limits.ephemeral(), port -> used.contains(port) || limits.reserved().contains(port));
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
    return phase.setting().way().selection().isEmpty()
        ? new PlainPhase(phase, plan, progress).run()
        : new PoolPhase(phase, plan, progress).run();
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
