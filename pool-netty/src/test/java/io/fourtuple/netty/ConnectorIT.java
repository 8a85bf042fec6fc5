package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The connector on real sockets, with 64 ports, away from everybody else on this host. */
class ConnectorIT {
  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> connect() throws Exception {
    return scenarios(ConnectScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> close() throws Exception {
    return scenarios(CloseScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> churn() throws Exception {
    return scenarios(ChurnScenarios.class);
  }

  @TestFactory
  Stream<DynamicTest> tls() throws Exception {
    return scenarios(TlsScenarios.class);
  }

  private Stream<DynamicTest> scenarios(Class<?> scenarios) throws Exception {
    Path file = directory.resolve(scenarios.getSimpleName());
    String output =
        String.join(
            "\n", PrivateNetwork.run(ScenarioMain.class, file.toString(), scenarios.getName()));
    assertThat(file).as(output).isNotEmptyFile();
    List<String> outcomes = Files.readAllLines(file);
    return outcomes.stream().map(ConnectorIT::asTest);
  }

  private static DynamicTest asTest(String outcome) {
    String[] fields = outcome.split("\t", -1);
    return DynamicTest.dynamicTest(
        fields[0],
        () -> {
          if (!Boolean.parseBoolean(fields[1])) {
            fail(new String(Base64.getDecoder().decode(fields[2]), StandardCharsets.UTF_8));
          }
        });
  }
}
