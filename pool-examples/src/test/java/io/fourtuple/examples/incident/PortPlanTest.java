package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortRange;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortPlanTest {
  private static final List<Phase> TWO = List.of(Phase.POOL, Phase.POOL_5_BACKENDS);

  @Test
  void onAHostEachPhaseGetsABlockOfItsOwnAndTheBackEndsAnother() {
    List<PortPlan> plans = PortPlan.onHost(TWO, new PortRange(32_768, 60_999), port -> false);
    assertThat(plans)
        .containsExactly(
            new PortPlan(
                new PortRange(32_768, 60_999),
                new PortRange(10_064, 10_127),
                List.of(10_000, 10_001, 10_002, 10_003)),
            new PortPlan(
                new PortRange(32_768, 60_999),
                new PortRange(10_128, 10_191),
                List.of(10_000, 10_001, 10_002, 10_003, 10_004)));
  }

  @Test
  void blocksWithATakenPortArePassedOver() {
    List<PortPlan> plans =
        PortPlan.onHost(
            TWO, new PortRange(32_768, 60_999), port -> port == 10_000 || port == 10_191);
    assertThat(plans)
        .extracting(PortPlan::owned)
        .containsExactly(new PortRange(10_192, 10_255), new PortRange(10_256, 10_319));
    assertThat(plans.get(0).backEnds()).startsWith(10_064);
  }

  @Test
  void theHostsOwnRangeIsPassedOver() {
    assertThat(PortPlan.onHost(TWO, new PortRange(1_024, 29_000), port -> false))
        .extracting(PortPlan::owned)
        .allSatisfy(block -> assertThat(block.first()).isGreaterThan(29_000));
  }

  @Test
  void aHostWithoutRoomGetsNoPlan() {
    assertThat(PortPlan.onHost(TWO, new PortRange(1_024, 65_535), port -> false)).isEmpty();
  }
}
