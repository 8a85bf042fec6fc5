package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The connector on real sockets, with 64 ports, away from everybody else on this host. */
class ConnectorIT {
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

  private static Stream<DynamicTest> scenarios(Class<?> scenarios) throws Exception {
    List<String> output = PrivateNetwork.run(ScenarioMain.class, scenarios.getName());
    List<String> outcomes =
        output.stream().filter(line -> line.startsWith(ScenarioMain.MARK)).toList();
    assertThat(outcomes).as(() -> String.join("\n", output)).isNotEmpty();
    return outcomes.stream().map(ConnectorIT::asTest);
  }

  private static DynamicTest asTest(String outcome) {
    String[] fields = outcome.split("\t", -1);
    return DynamicTest.dynamicTest(
        fields[1],
        () -> {
          if (!Boolean.parseBoolean(fields[2])) {
            fail(new String(Base64.getDecoder().decode(fields[3]), StandardCharsets.UTF_8));
          }
        });
  }
}
