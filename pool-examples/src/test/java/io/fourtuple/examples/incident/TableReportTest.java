package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableReportTest {
  @Test
  void theTableIsMarkdownWithAlignedColumns() {
    List<String> lines =
        TableReport.table(
                List.of(
                    Results.kept(Phase.POOL).opened(260).result(),
                    Results.kept(Phase.PLAIN).opened(1).result(),
                    PhaseResult.skipped(Phase.CHURN_PINNED_TW_REUSE, "no namespace")))
            .lines()
            .toList();
    assertThat(lines).hasSize(5);
    assertThat(lines).extracting(String::length).containsOnly(lines.get(0).length());
    assertThat(cells(lines.get(0)))
        .containsExactly(
            "phase",
            "capacity",
            "requests",
            "succeeded",
            "refused",
            "failed",
            "surfaced",
            "absorbed",
            "opened",
            "peak",
            "seconds",
            "promise");
    assertThat(cells(lines.get(1))).allSatisfy(cell -> assertThat(cell).matches("-+:?"));
    assertThat(cells(lines.get(2)))
        .containsExactly(
            "pool", "256", "10,000", "10,000", "0", "0", "0", "0", "260", "256", "1.2", "kept");
    assertThat(cells(lines.get(3))).startsWith("plain").endsWith("BROKEN");
    assertThat(cells(lines.get(4)))
        .startsWith("churn-pinned-tw-reuse", "256", "-")
        .endsWith("-", "skipped");
  }

  @Test
  void barsComparePeakAndCapacity() {
    assertThat(
            TableReport.bars(
                List.of(
                    Results.kept(Phase.POOL_2_SOURCES).result(),
                    Results.kept(Phase.POOL).peakPorts(128).result(),
                    PhaseResult.skipped(Phase.PLAIN, "no namespace"))))
        .isEqualToNormalizingNewlines(
            """
            pool-2-sources             |################################ 512 of 512
            pool                       |########........ 128 of 256
            """);
  }

  @Test
  void thereAreNoBarsWhereNothingRan() {
    assertThat(TableReport.bars(List.of(PhaseResult.skipped(Phase.POOL, "no namespace"))))
        .isEmpty();
  }

  @Test
  void theLineOfAPhaseShowsTheFirstError() {
    assertThat(
            TableReport.line(
                Results.kept(Phase.PLAIN).firstError("Cannot assign requested address").result()))
        .contains("kept: 256 succeeded", "1 failed", "peak 256 of 256")
        .endsWith("first error: Cannot assign requested address");
  }

  @Test
  void theLineOfASkippedPhaseShowsWhy() {
    assertThat(TableReport.line(PhaseResult.skipped(Phase.PLAIN, "no namespace")))
        .endsWith("skipped: no namespace");
  }

  private static List<String> cells(String line) {
    return List.of(line.strip().replaceAll("^\\| *| *\\|$", "").split(" *\\| *"));
  }
}
