package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.fourtuple.examples.Main;
import io.fourtuple.examples.command.PrivateNetwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole program, as users start it. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // longer than the program may take
class IncidentIT {
  private static final int MOST_SECONDS = 600;
  private static final Pattern PHASE = Pattern.compile("\\{(\"name\".*?)}");
  private static final Pattern MEMBER =
      Pattern.compile("\"(\\w+)\":(null|\\d+|\"(?:[^\"\\\\]|\\\\.)*\")");

  @TempDir private Path files;

  private record Run(int exitCode, String out, String err) {
    /** Phases by name, each with its members as they are written. */
    Map<String, Map<String, String>> phases() {
      Map<String, Map<String, String>> phases = new TreeMap<>();
      PHASE
          .matcher(out)
          .results()
          .forEach(
              phase -> {
                Map<String, String> members = new TreeMap<>();
                Matcher member = MEMBER.matcher(phase.group(1));
                while (member.find()) {
                  members.put(member.group(1), member.group(2));
                }
                phases.put(members.getOrDefault("name", "").replace("\"", ""), members);
              });
      return phases;
    }
  }

  @BeforeEach
  void needPrivateNetwork() {
    Optional<String> obstacle = PrivateNetwork.obstacle();
    if (obstacle.isPresent() && Boolean.getBoolean("fourtuple.it.required")) {
      fail("this test must run, and cannot: " + obstacle.get());
    } else if (obstacle.isPresent()) {
      abort("no private network: " + obstacle.get());
    }
  }

  @Test
  void everyPromiseIsKept() throws Exception {
    Run run = run(Map.of(), "--json");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).startsWith("{\"phases\":[").endsWith("]}\n");
    assertThat(run.phases().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Phase.values()).map(Phase::title).toList());
    for (Phase phase : Phase.values()) {
      Map<String, String> members = run.phases().get(phase.title());
      assertThat(members)
          .containsOnlyKeys(
              "name",
              "capacity",
              "requests",
              "succeeded",
              "refused",
              "failed",
              "surfaced",
              "absorbed",
              "opened",
              "peakPorts",
              "elapsedMs",
              "skipped")
          .containsEntry("skipped", "null")
          .containsEntry("capacity", Integer.toString(phase.capacity()))
          .containsEntry("requests", Integer.toString(phase.load().requests()))
          .containsEntry("succeeded", Integer.toString(phase.promise().succeeded()))
          .containsEntry("refused", Integer.toString(phase.promise().refused()))
          .containsEntry("failed", Integer.toString(phase.promise().failed()))
          .containsEntry("surfaced", Integer.toString(phase.promise().failed()));
    }
  }

  @Test
  void theTableOfAPhaseShowsTheKernelsError() throws Exception {
    Run run = run(Map.of(), "--phase", "plain");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("1 source x 4 endpoints x 64 ports = 256")
        .contains("first error: Cannot assign requested address")
        .containsPattern("\\| plain +\\| +256 \\| +257 \\| +256 \\| +0 \\| +1 \\| +1 \\|");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void withoutPrivateNetworkOwnedPortsOfTheHostAreUsedAndTheRestIsLeftOut() throws Exception {
    Run run = run(Map.of("PATH", files.toString()), "--json", "--phase", "plain", "pool");
    assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    assertThat(run.phases().get("plain")).containsEntry("requests", "0");
    assertThat(run.phases().get("plain").get("skipped")).contains("unshare");
    assertThat(run.phases().get("pool"))
        .containsEntry("skipped", "null")
        .containsEntry("succeeded", "10000")
        .containsEntry("peakPorts", "256");
    assertThat(run.err()).contains("left out, proves nothing: plain");
  }

  @Test
  void whereNothingCanRunTheExitCodeSaysSo() throws Exception {
    Run run = run(Map.of("PATH", files.toString()), "--phase", "plain");
    assertThat(run.exitCode()).isEqualTo(IncidentCommand.NOTHING_RAN);
    assertThat(run.out()).contains("left out, proves nothing: plain");
  }

  private Run run(Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "incident"));
    command.addAll(Arrays.asList(args));
    Path out = files.resolve("out");
    Path err = files.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      process.destroy();
      fail("still running after " + MOST_SECONDS + " s: " + Files.readString(err));
    }
    return new Run(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
