package io.fourtuple.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.fourtuple.testkit.architecture.HouseRules;
import io.fourtuple.testkit.architecture.ModuleUnderTest;
import org.junit.jupiter.api.Test;

class ExamplesRulesTest {
  /** Ours: JMH writes classes around the benchmarks, which sleep where it asks for that. */
  private static final JavaClasses ALL =
      ModuleUnderTest.allClasses()
          .that(
              DescribedPredicate.describe(
                  "are written by people",
                  type -> !type.getPackageName().endsWith(".jmh_generated")));

  @Test
  void nobodySleeps() {
    HouseRules.NOBODY_SLEEPS.check(ALL);
  }

  @Test
  void nobodyReadsTheWallClock() {
    HouseRules.NOBODY_READS_THE_WALL_CLOCK.check(ALL);
  }

  @Test
  void noSourceFileIsLongerThan400Lines() {
    assertThat(ModuleUnderTest.sourcesLongerThan(400)).as("longer files").isEmpty();
  }
}
