package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult.Status;

/** The connector on real sockets, with 64 ports, away from everybody else on this host. */
class ConnectorIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> contract() throws Exception {
    return scenarios(ContractScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> connect() throws Exception {
    return scenarios(ConnectScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> close() throws Exception {
    return scenarios(CloseScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> shutdown() throws Exception {
    return scenarios(ShutdownScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> pool() throws Exception {
    return scenarios(PoolScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> sharedLimits() throws Exception {
    return scenarios(SharedLimitScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> ipv6() throws Exception {
    return scenarios(Ipv6Scenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> names() throws Exception {
    return scenarios(NameScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> churn() throws Exception {
    return scenarios(ChurnScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> affinity() throws Exception {
    return scenarios(AffinityScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> tls() throws Exception {
    return scenarios(TlsScenarios.class);
  }

  private Stream<DynamicTest> scenarios(Class<?> scenarios) throws Exception {
    return inPrivateNetwork(directory, scenarios);
  }

  /** Runs the tests of a class there, and tells of each as a test. */
  static Stream<DynamicTest> inPrivateNetwork(Path directory, Class<?> scenarios) throws Exception {
    Path file = directory.resolve(scenarios.getSimpleName());
    String output =
        String.join(
            "\n", PrivateNetwork.run(ScenarioMain.class, file.toString(), scenarios.getName()));
    assertThat(file).as(output).isNotEmptyFile();
    // What goes wrong in an event loop is logged and no more: a port settled twice, say.
    assertThat(output).doesNotContain("is settled already", "is not a legal move");
    List<String> outcomes = Files.readAllLines(file);
    return outcomes.stream().map(ConnectorIT::asTest);
  }

  static DynamicTest asTest(String outcome) {
    String[] fields = outcome.split("\t", -1);
    Status status = Status.valueOf(fields[1]);
    String trace = new String(Base64.getDecoder().decode(fields[2]), StandardCharsets.UTF_8);
    return DynamicTest.dynamicTest(
        fields[0],
        () -> {
          assumeFalse(status == Status.ABORTED, trace);
          if (status == Status.FAILED) {
            fail(trace);
          }
        });
  }
}
