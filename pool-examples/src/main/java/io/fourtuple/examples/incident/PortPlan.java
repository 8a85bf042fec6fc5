package io.fourtuple.examples.incident;

import io.fourtuple.port.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * The ports of one phase. No phase uses a port of another, so that none inherits resting ones.
 *
 * @param ephemeral what the kernel may pick from, in a private network
 * @param owned what the ledger may bind
 * @param backEnds where the back ends listen
 */
record PortPlan(PortRange ephemeral, PortRange owned, List<Integer> backEnds) {
  private static final int FIRST_BACK_END = 9001;
  private static final PortRange INSIDE_OWNED = new PortRange(20_000, 29_999);
  private static final PortRange INSIDE_EPHEMERAL = new PortRange(40_000, 49_999);

  /** Between known services and Kubernetes node ports, as the library's own default. */
  private static final PortRange ON_HOST = new PortRange(10_000, 29_999);

  /** Fixed ports, for a private network where nobody else is. */
  static PortPlan inside(Phase phase) {
    int place = List.of(Phase.values()).indexOf(phase);
    return new PortPlan(
        block(INSIDE_EPHEMERAL, place),
        block(INSIDE_OWNED, place),
        consecutive(FIRST_BACK_END, phase.setting().backEnds()));
  }

  /**
   * Ports that nobody uses, for a host that is not ours.
   *
   * @param ephemeral what the kernel picks from there
   * @param isTaken whether a port is in use, or kept for something else
   * @return a plan for each of {@code phases}; shorter where there are not enough free ports
   */
  static List<PortPlan> onHost(
      List<Phase> phases, PortRange ephemeral, Predicate<Integer> isTaken) {
    List<PortRange> free = new ArrayList<>();
    for (int i = 0; i < ON_HOST.size() / Phase.BLOCK && free.size() <= phases.size(); i++) {
      PortRange block = block(ON_HOST, i);
      if (ports(block).noneMatch(port -> ephemeral.contains(port) || isTaken.test(port))) {
        free.add(block);
      }
    }
    List<PortPlan> plans = new ArrayList<>();
    for (int i = 0; i + 1 < free.size(); i++) {
      plans.add(
          new PortPlan(
              ephemeral,
              free.get(i + 1),
              consecutive(free.get(0).first(), phases.get(i).setting().backEnds())));
    }
    return plans;
  }

  /** The ports from which connections of that way come. */
  PortRange block(Way way) {
    return way == Way.OWNED ? owned : ephemeral;
  }

  private static PortRange block(PortRange area, int index) {
    int first = area.first() + index * Phase.BLOCK;
    return new PortRange(first, first + Phase.BLOCK - 1);
  }

  private static List<Integer> consecutive(int first, int count) {
    return IntStream.range(first, first + count).boxed().toList();
  }

  private static IntStream ports(PortRange range) {
    return IntStream.rangeClosed(range.first(), range.last());
  }
}
