package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.ProgramRun;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, as users start it, with fewer callers. */
class LoadCommandIT {
  @TempDir private Path files;

  @Test
  void aPoolServesAllWhereSingleConnectionsEndWithThePorts() throws Exception {
    ProgramRun.needPrivateNetwork();
    ProgramRun run =
        ProgramRun.of(
            files, "load", "--callers", "2000", "--ports", "50", "--requests", "3", "--check");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    List<List<String>> rows =
        run.out()
            .lines()
            .filter(line -> line.startsWith("| "))
            .skip(2)
            .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList())
            .toList();
    // Way, callers, served, failed, peak ports.
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).subList(0, 5))
        .containsExactly("one connection per caller", "2,000", "50", "1,950", "50");
    assertThat(rows.get(0).get(6)).contains("Cannot assign requested address");
    assertThat(rows.get(1).subList(1, 4)).containsExactly("2,000", "2,000", "0");
    assertThat(Integer.parseInt(rows.get(1).get(4))).isBetween(1, 50);
    assertThat(run.out()).containsPattern("50 % within [0-9.]+ ms, 90 % [0-9.]+");
  }

  @Test
  void wrongNumbersAreNamed() throws Exception {
    ProgramRun run = ProgramRun.of(files, "load", "--ports", "1");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("--ports must be 2 to 10000, was 1\n");
  }
}
