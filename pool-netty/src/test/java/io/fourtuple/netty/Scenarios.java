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
import org.junit.platform.engine.TestExecutionResult.Status;

/** Tests of a class that run in a private network, told of as tests of here. */
public final class Scenarios {
  private Scenarios() {}

  /**
   * Runs them.
   *
   * @param directory for the outcomes
   */
  @SuppressWarnings("exports") // tests are no module's exports
  public static Stream<DynamicTest> inPrivateNetwork(Path directory, Class<?> scenarios)
      throws Exception {
    Path file = directory.resolve(scenarios.getSimpleName());
    String output =
        String.join(
            "\n", PrivateNetwork.run(ScenarioMain.class, file.toString(), scenarios.getName()));
    assertThat(file).as(output).isNotEmptyFile();
    // What goes wrong in an event loop is logged and no more: a port settled twice, say.
    assertThat(output).doesNotContain("is settled already", "is not a legal move");
    List<String> outcomes = Files.readAllLines(file);
    return outcomes.stream().map(Scenarios::asTest);
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
