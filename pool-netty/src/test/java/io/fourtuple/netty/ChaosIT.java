package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short bad day; {@code -Dfourtuple.chaos.seconds=600 -Dfourtuple.chaos.seed=2} makes it as many
 * days as fit, of another plan.
 */
class ChaosIT {
  private static final int SHORT_SECONDS = 12;

  private static final int OPEN_FILES = 3_000;

  /** Warnings of what happens on purpose. */
  private static final List<String> EXPECTED =
      List.of(
          " is not on this host: left alone",
          " cannot be resolved, and keeps the endpoints that it has",
          " cannot read the kernel's socket table",
          " rests: the kernel has refused port after port");

  @TempDir Path directory;

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void endsAsItBeganWhateverHappensAtATime() throws Exception {
    List<String> output =
        PrivateNetwork.runWithFiles(
            OPEN_FILES,
            System.out::println,
            ChaosMain.class,
            Integer.getInteger("fourtuple.chaos.seconds", SHORT_SECONDS).toString(),
            Long.getLong("fourtuple.chaos.seed", 1).toString());

    assertThat(output)
        .as(() -> String.join("\n", output.subList(Math.max(0, output.size() - 80), output.size())))
        .last()
        .isEqualTo(ChaosMain.PASSED);
    // What goes wrong in an event loop is logged and no more.
    assertThat(output).noneMatch(ChaosIT::isFault);
  }

  private static boolean isFault(String line) {
    return line.contains(" ERROR io.fourtuple")
        || (line.contains(" WARN io.fourtuple") && EXPECTED.stream().noneMatch(line::contains));
  }

  @TestFactory
  @Timeout(value = 15, unit = TimeUnit.MINUTES) // many tests, in a JVM of their own
  Stream<DynamicTest> oracle() throws Exception {
    return Scenarios.inPrivateNetwork(directory, ChaosOracleScenarios.class);
  }
}
