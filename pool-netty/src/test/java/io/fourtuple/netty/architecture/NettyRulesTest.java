package io.fourtuple.netty.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import io.fourtuple.testkit.architecture.HouseRules;
import io.fourtuple.testkit.architecture.ModuleUnderTest;
import io.fourtuple.testkit.architecture.PublicApi;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class NettyRulesTest {
  private static final JavaClasses MAIN = ModuleUnderTest.mainClasses();
  private static final JavaClasses ALL = ModuleUnderTest.allClasses();

  @Test
  void nobodySleeps() {
    HouseRules.NOBODY_SLEEPS.check(ALL);
  }

  @Test
  void nobodyReadsTheWallClock() {
    HouseRules.NOBODY_READS_THE_WALL_CLOCK.check(ALL);
  }

  @Test
  void timeComesFromATicker() {
    HouseRules.ONLY_THE_SYSTEM_TICKER_READS_A_CLOCK.check(MAIN);
  }

  @Test
  void nobodyWaitsInAMonitor() {
    HouseRules.NOBODY_WAITS_IN_A_MONITOR.check(MAIN);
  }

  @Test
  void configurationComesFromBuilders() {
    HouseRules.NOBODY_READS_PROPERTIES_OR_ENVIRONMENT.check(MAIN);
  }

  @Test
  void noStaticStateCanChange() {
    HouseRules.STATICS_ARE_FINAL.check(MAIN);
  }

  @Test
  void namesSayWhatATypeIs() {
    HouseRules.NAMES_SAY_WHAT_A_TYPE_IS.check(MAIN);
  }

  @Test
  void exportedTypesAreThoseWrittenDown() throws IOException {
    PublicApi.assertAsWrittenDown();
  }

  @Test
  void noSourceFileIsLongerThan400Lines() {
    assertThat(ModuleUnderTest.sourcesLongerThan(400)).as("longer files").isEmpty();
  }
}
