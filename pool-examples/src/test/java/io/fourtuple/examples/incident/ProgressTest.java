package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void onATerminalOneLineIsDrawnAgainAndAgain() {
    Progress progress = Progress.live(out);
    progress.now("pool: 100 of 200");
    progress.now("pool: 200");
    progress.line("done");
    progress.line("next");
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines("pool: 100 of 200\rpool: 200       \rdone     \nnext\n");
  }

  @Test
  void elsewhereOnlyLinesThatStayArePrinted() {
    Progress progress = Progress.plain(out);
    progress.now("pool: 100 of 200");
    progress.line("done");
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualToNormalizingNewlines("done\n");
  }
}
