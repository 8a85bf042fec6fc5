package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.bench.PoolCostOptions.Format;
import io.fourtuple.examples.bench.PoolCostRun.Length;
import io.fourtuple.examples.command.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolCostOptionsTest {
  @Test
  void withoutArgumentsAllIsMeasuredAtLengthAndATableIsPrinted() throws UsageException {
    assertThat(PoolCostOptions.parse(List.of()))
        .isEqualTo(
            new PoolCostOptions(
                Format.TABLE,
                Length.FULL,
                false,
                List.of(Contest.values()),
                List.of(Entrant.values())));
  }

  @Test
  void floorAndClockAreMeasuredInAnyCase() throws UsageException {
    assertThat(PoolCostOptions.parse(List.of("--quick", "--json", "jetty", "4x8", "1x8")))
        .isEqualTo(
            new PoolCostOptions(
                Format.JSON,
                Length.QUICK,
                false,
                List.of(Contest.ALONE, Contest.FOUR),
                List.of(Entrant.FLOOR, Entrant.CLOCK, Entrant.JETTY)));
  }

  @Test
  void aCheckNeedsThisLibrary() throws UsageException {
    PoolCostOptions options = PoolCostOptions.parse(List.of("--check", "jetty"));
    assertThat(options.checks()).isTrue();
    assertThat(options.entrants()).contains(Entrant.IMMEDIATE);
  }

  @Test
  void anUnknownNameIsRefusedWithTheListOfThoseThatExist() {
    assertThatThrownBy(() -> PoolCostOptions.parse(List.of("dbcp")))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("dbcp", "--quick", "1x8", "hikaricp");
  }

  @ParameterizedTest
  @EnumSource(Entrant.class)
  void helpNamesThePool(Entrant entrant) {
    assertThat(PoolCostOptions.HELP).contains(entrant.title());
  }
}
