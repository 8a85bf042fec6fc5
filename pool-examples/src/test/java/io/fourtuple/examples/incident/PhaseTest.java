package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PhaseTest {
  @ParameterizedTest
  @CsvSource({
    "PLAIN,           1 source x 4 endpoints x 64 ports = 256",
    "PLAIN_BOUND,     1 source x 64 ports = 64",
    "POOL,            1 source x 4 endpoints x 64 ports = 256",
    "POOL_2_SOURCES,  2 sources x 4 endpoints x 64 ports = 512",
    "POOL_5_BACKENDS, 1 source x 5 endpoints x 64 ports = 320"
  })
  void theArithmeticMultipliesSourcesEndpointsAndPorts(Phase phase, String arithmetic) {
    assertThat(phase.arithmetic()).isEqualTo(arithmetic);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void whatIsPromisedAccountsForEveryRequest(Phase phase) {
    Phase.Promise promise = phase.promise();
    assertThat(promise.succeeded() + promise.refused() + promise.failed())
        .isEqualTo(phase.load().requests());
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aPromisedPeakIsTheCapacity(Phase phase) {
    if (phase.promise().peakPorts() != null) {
      assertThat(phase.promise().peakPorts()).isEqualTo(phase.capacity());
    } else {
      assertThat(phase.load().closing()).isNotEqualTo(Closing.KEEP_ALIVE);
    }
  }

  @Test
  void noTwoPhasesShareAPort() {
    List<Integer> ports = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      PortPlan plan = PortPlan.inside(phase);
      for (int i = 0; i < Phase.BLOCK; i++) {
        ports.add(plan.ephemeral().first() + i);
        ports.add(plan.owned().first() + i);
      }
      assertThat(plan.ephemeral().size()).isEqualTo(Phase.BLOCK);
      assertThat(plan.owned().size()).isEqualTo(Phase.BLOCK);
      assertThat(plan.backEnds()).hasSize(phase.setting().backEnds());
      assertThat(ports).doesNotContainAnyElementsOf(plan.backEnds());
    }
    assertThat(ports).doesNotHaveDuplicates();
  }
}
