package io.fourtuple.testkit.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The rules that hold in every published module, as the tests of that module. */
public final class LibraryRules {
  private LibraryRules() {}

  /** One test for each rule, on the module whose tests run. */
  public static Stream<DynamicTest> tests() {
    JavaClasses main = ModuleUnderTest.mainClasses();
    JavaClasses all = ModuleUnderTest.allClasses();
    return Stream.of(
        dynamicTest("nobody sleeps", () -> HouseRules.NOBODY_SLEEPS.check(all)),
        dynamicTest(
            "nobody reads the wall clock", () -> HouseRules.NOBODY_READS_THE_WALL_CLOCK.check(all)),
        dynamicTest(
            "time comes from a ticker",
            () -> HouseRules.ONLY_THE_SYSTEM_TICKER_READS_A_CLOCK.check(main)),
        dynamicTest(
            "nobody waits in a monitor", () -> HouseRules.NOBODY_WAITS_IN_A_MONITOR.check(main)),
        dynamicTest(
            "configuration comes from builders",
            () -> HouseRules.NOBODY_READS_PROPERTIES_OR_ENVIRONMENT.check(main)),
        dynamicTest("no static state can change", () -> HouseRules.STATICS_ARE_FINAL.check(main)),
        dynamicTest(
            "names say what a type is", () -> HouseRules.NAMES_SAY_WHAT_A_TYPE_IS.check(main)),
        dynamicTest("exported types are those written down", PublicApi::assertAsWrittenDown),
        dynamicTest(
            "no source file is longer than 400 lines",
            () -> assertThat(ModuleUnderTest.sourcesLongerThan(400)).as("longer files").isEmpty()));
  }
}
