package io.fourtuple.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fourtuple.examples.command.PrivateNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the whole program did, in a process of its own. */
public record ProgramRun(int exitCode, String out, String err) {
  private static final int MOST_SECONDS = 600;

  /** Runs it to its end. */
  public static ProgramRun of(Path directory, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=error");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(Arrays.asList(arguments));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    ProgramRun run =
        new ProgramRun(process.waitFor(), Files.readString(out), Files.readString(err));
    assertThat(ended).as("ended by itself: " + run).isTrue();
    return run;
  }

  /** Skips the test where there can be no private network, unless it must run. */
  public static void needPrivateNetwork() {
    Optional<String> obstacle = PrivateNetwork.obstacle();
    need(obstacle.isEmpty(), "private network: " + obstacle.orElse(""));
  }

  /** Skips the test where something is missing, unless it must run. */
  public static void need(boolean isThere, String what) {
    if (!isThere && Boolean.getBoolean("fourtuple.it.required")) {
      fail("this test must run, and cannot: no " + what);
    } else if (!isThere) {
      abort("no " + what);
    }
  }
}
