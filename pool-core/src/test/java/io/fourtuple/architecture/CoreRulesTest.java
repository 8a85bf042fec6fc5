package io.fourtuple.architecture;

import io.fourtuple.testkit.architecture.LibraryRules;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class CoreRulesTest {
  @TestFactory
  Stream<DynamicTest> theModuleKeepsTheHouseRules() {
    return LibraryRules.tests();
  }
}
