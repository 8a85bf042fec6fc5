package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The channel pool on real sockets, with 64 ports, away from everybody else on this host. Uses only
 * what Netty 4.1 and 4.2 have in common.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests each, in a JVM of their own
@Execution(ExecutionMode.CONCURRENT) // each in a JVM of its own, which mostly waits
class BudgetedChannelPoolIT {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      classes = {
        BudgetedChannelPool.class,
        BudgetedChannelPoolBuilder.class,
        BudgetedChannelPoolMap.class,
        ChannelPoolSettings.class,
        ChannelAcquire.class,
        AcquireGate.class,
        BootstrapConnector.class,
        BootstrapConnect.class,
        BootstrapDestination.class,
        PoolChannel.class,
        PoolFailures.class,
        PoolFutures.class
      })
  void needsNothingThatThisNettyHasNotGot(Class<?> type) throws Exception {
    assertThat(Class.forName(type.getName(), true, type.getClassLoader()).getDeclaredMethods())
        .isNotEmpty(); // all types of its methods are found
  }

  @TestFactory
  Stream<DynamicTest> contract() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ChannelPoolScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> limits() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ChannelPoolLimitScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> ports() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ChannelPoolPortScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> stress() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ChannelPoolStressScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> close() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ChannelPoolCloseScenarios.class);
  }
}
