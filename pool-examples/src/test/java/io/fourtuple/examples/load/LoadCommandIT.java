package io.fourtuple.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.ProgramRun;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, as users start it, with fewer callers. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // longer than the program may take
class LoadCommandIT {
  @TempDir private Path files;

  @BeforeEach
  void needPrivateNetwork() {
    ProgramRun.needPrivateNetwork();
  }

  @Test
  void thePoolServesAllAndConnectionsOfOnesOwnEndWithThePorts() throws Exception {
    ProgramRun run =
        ProgramRun.of(
            files, "load", "--callers", "640", "--ports", "64", "--requests", "3", "--check");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(row(run, "callers served")).containsExactly("640", "64");
    assertThat(row(run, "callers failed")).containsExactly("0", "576");
    assertThat(row(run, "requests answered")).containsExactly("1,920", "192");
    assertThat(row(run, "connections")).containsExactly("64", "64");
    assertThat(run.out())
        .contains("576 x NO_LOCAL_PORT: no local port is left for another connection")
        .contains("40000-40063 = 64 ports, 64 in use, 0 in TIME_WAIT, 0 free")
        .contains("ms |##")
        .doesNotContain("failed through the pool");
  }

  private static List<String> row(ProgramRun run, String name) {
    return run.out()
        .lines()
        .filter(line -> line.startsWith("| " + name + " "))
        .flatMap(line -> Arrays.stream(line.substring(1).split("\\|")).skip(1).map(String::strip))
        .toList();
  }
}
