package io.fourtuple.netty;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The channel pool on real sockets, with 64 ports, away from everybody else on this host. */
class BudgetedChannelPoolIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> contract() throws Exception {
    return ConnectorIT.inPrivateNetwork(directory, ChannelPoolScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> limits() throws Exception {
    return ConnectorIT.inPrivateNetwork(directory, ChannelPoolLimitScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> ports() throws Exception {
    return ConnectorIT.inPrivateNetwork(directory, ChannelPoolPortScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> close() throws Exception {
    return ConnectorIT.inPrivateNetwork(directory, ChannelPoolCloseScenarios.class);
  }
}
