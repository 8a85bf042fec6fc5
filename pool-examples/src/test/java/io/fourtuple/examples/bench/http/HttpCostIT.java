package io.fourtuple.examples.bench.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.ProgramRun;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole command, as users start it; its figures are nobody's promise here. */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // longer than the program may take
class HttpCostIT {
  @TempDir private Path files;

  @BeforeEach
  void needNetworkAndServer() {
    ProgramRun.needPrivateNetwork();
    ProgramRun.need(Nginx.program().isPresent(), "nginx");
  }

  @Test
  void eachClientIsARow() throws Exception {
    ProgramRun run =
        ProgramRun.of(
            files,
            "http-cost",
            "--quick",
            "--bodies",
            "16k",
            "--concurrency",
            "16",
            "--contestants",
            "fourtuple,fourtuple-default");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.out())
        .contains("16,384 bytes, 16 at a time:")
        .contains("| Netty 4.2.18 alone, no pool ")
        .contains("| Fourtuple, callbacks on the event loop ")
        .contains("| Fourtuple, threads of its own ");
    assertThat(run.out().lines().filter(line -> line.matches("\\| \\w.*\\|        0 \\|")))
        .as("rows without a failure, in " + run.out())
        .hasSize(3);
    assertThat(run.err()).contains("round 1: fourtuple-default").doesNotContain("round 2");
  }
}
