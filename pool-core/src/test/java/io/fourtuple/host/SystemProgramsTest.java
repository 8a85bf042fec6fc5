package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real programs that answer, and that do all else instead. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "these are programs of sh")
@Timeout(60)
class SystemProgramsTest {
  private static final Duration SHORT = Duration.ofMillis(500);

  /** Never reached: what is asserted comes before. */
  private static final Duration LONG = Duration.ofSeconds(50);

  private static final int MOST = 65_536;

  @TempDir Path directory;

  private static List<String> shell(String script) {
    return List.of("sh", "-c", script);
  }

  @Test
  void whatTheyPrintIsReturned() throws IOException {
    assertThat(SystemPrograms.run(List.of("echo", "yes"))).isEqualTo("yes\n");
    assertThat(SystemPrograms.run(List.of("cat"))).isEmpty(); // its input is closed
    assertThat(SystemPrograms.run(shell("echo one; echo two >&2; echo three"), LONG))
        .isEqualTo("one\ntwo\nthree\n");
    assertThat(SystemPrograms.run(shell("printf '\\344'"), LONG)).isEqualTo("\u00e4");
  }

  @Test
  void theirFailureIsAnError() {
    assertThatThrownBy(() -> SystemPrograms.run(List.of("false"))).hasMessage("false ended with 1");
    assertThatThrownBy(() -> SystemPrograms.run(shell("echo half; kill -9 $$"), LONG))
        .hasMessage("sh ended with 137");
    assertThatThrownBy(() -> SystemPrograms.run(List.of("no-such-program-here")))
        .isInstanceOf(IOException.class);
  }

  /** Which is as much as a pipe holds: one that is read after the end cannot say more. */
  @ParameterizedTest
  @ValueSource(strings = {"", " >&2"})
  void aBoundedAnswerIsReadInFullAndMoreIsRefused(String where) throws IOException {
    String script = "i=0; while [ $i -lt 64 ]; do printf '%1024s' x" + where + "; i=$((i+1)); done";
    assertThat(SystemPrograms.run(shell(script), LONG)).hasSize(MOST).endsWith(" x");
    assertThatThrownBy(() -> SystemPrograms.run(shell(script + "; echo" + where), LONG))
        .hasMessage("sh says more than 65536 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while :; do echo no end; done",
        "while :; do echo no end >&2; done",
        "yes", // in a process of its own
        "yes >&2",
        "yes & yes >&2",
      })
  void whatPrintsWithoutEndIsEnded(String script) throws Exception {
    assertThatThrownBy(() -> SystemPrograms.run(recorded(script), LONG))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("sh says more than 65536 bytes");
    assertEnded();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "exec sleep 1000",
        "sleep 1000; echo too late",
        "echo half; sleep 1000",
        "trap '' TERM INT HUP; while :; do sleep 1000; done",
        "exec >&- 2>&-; exec sleep 1000", // says all that it has to say, and goes on living
        "while :; do printf .; sleep 0.01; done",
      })
  void whatDoesNotEndIsEnded(String script) throws Exception {
    assertThatThrownBy(() -> SystemPrograms.run(recorded(script), SHORT))
        .isInstanceOf(IOException.class)
        .hasMessage("sh does not end");
    assertEnded();
  }

  /** A program may leave its output to another one: that is not waited for. */
  @Test
  void whatIsSaidBeforeTheEndIsAllThatCounts() throws Exception {
    String script = "sleep 1000 & echo $! > '" + pidFile() + "'; echo done";
    assertThat(SystemPrograms.run(shell(script), LONG)).isEqualTo("done\n");
    left().destroyForcibly();
    assertEnded();
  }

  @Test
  void anInterruptEndsTheProgram() throws Exception {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> SystemPrograms.run(recorded("exec sleep 1000"), LONG))
        .hasMessage("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    if (Files.exists(pidFile())) {
      assertEnded();
    }
  }

  private Path pidFile() {
    return directory.resolve("pid");
  }

  /** Writes down which process it is. */
  private List<String> recorded(String script) {
    return shell("echo $$ > '" + pidFile() + "'; " + script);
  }

  private ProcessHandle left() throws IOException {
    return ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip())).orElseThrow();
  }

  private void assertEnded() throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile()).strip());
    ProcessHandle process = ProcessHandle.of(pid).orElse(null);
    if (process != null) {
      process.onExit().get(20, TimeUnit.SECONDS);
    }
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
  }
}
