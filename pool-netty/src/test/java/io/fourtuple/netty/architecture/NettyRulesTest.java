package io.fourtuple.netty.architecture;

import io.fourtuple.testkit.architecture.LibraryRules;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class NettyRulesTest {
  @TestFactory
  Stream<DynamicTest> theModuleKeepsTheHouseRules() {
    return LibraryRules.tests();
  }
}
