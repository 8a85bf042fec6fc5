package io.fourtuple.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.fourtuple.testkit.architecture.HouseRules;
import io.fourtuple.testkit.architecture.ModuleUnderTest;
import org.junit.jupiter.api.Test;

class ExamplesRulesTest {
  private final JavaClasses all = ModuleUnderTest.allClasses();

  @Test
  void nobodySleeps() {
    HouseRules.NOBODY_SLEEPS.check(all);
  }

  @Test
  void nobodyReadsTheWallClock() {
    HouseRules.NOBODY_READS_THE_WALL_CLOCK.check(all);
  }

  @Test
  void noSourceFileIsLongerThan400Lines() {
    assertThat(ModuleUnderTest.sourcesLongerThan(400)).isEmpty();
  }
}
