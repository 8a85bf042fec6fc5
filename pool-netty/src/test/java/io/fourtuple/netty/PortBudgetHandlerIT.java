package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.Version;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The handler on real sockets, away from everybody else on this host. Run twice: on Netty 4.2, and
 * on 4.1, where nothing of 4.2 may be touched.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // hundreds of tests each, in a JVM of their own
@Execution(ExecutionMode.CONCURRENT) // each in a JVM of its own, which mostly waits
class PortBudgetHandlerIT {
  /** They take minutes for the kernel's time, and are about our queues more than about Netty. */
  private static final String LONG = "long";

  @TempDir Path directory;

  @Test
  void runsOnTheNettyThatTheBuildNames() {
    assertThat(Version.identify().get("netty-transport").artifactVersion())
        .isEqualTo(System.getProperty("fourtuple.it.netty"));
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        PortBudgetHandler.class,
        BudgetedChannelFactory.class,
        BudgetedConnect.class,
        PortUse.class,
        PortRefusedException.class,
        ChannelSocket.class,
        LocalBinding.class,
        SocketErrors.class,
        TcpInfo.class,
        Sources.class
      })
  void needsNothingThatThisNettyHasNotGot(Class<?> type) throws Exception {
    assertThat(Class.forName(type.getName(), true, type.getClassLoader()).getDeclaredMethods())
        .isNotEmpty(); // all types of its methods are found
  }

  @TestFactory
  Stream<DynamicTest> connect() throws Exception {
    return scenarios(HandlerScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> refusedByTheKernel() throws Exception {
    return scenarios(HandlerRefusalScenarios.class);
  }

  @Tag(LONG)
  @TestFactory
  Stream<DynamicTest> waiting() throws Exception {
    return scenarios(HandlerWaitScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> ends() throws Exception {
    return scenarios(HandlerEndScenarios.class);
  }

  @Tag(LONG)
  @TestFactory
  Stream<DynamicTest> churn() throws Exception {
    return scenarios(HandlerChurnScenarios.class);
  }

  private Stream<DynamicTest> scenarios(Class<?> scenarios) throws Exception {
    return Scenarios.inPrivateNetwork(directory, scenarios);
  }
}
