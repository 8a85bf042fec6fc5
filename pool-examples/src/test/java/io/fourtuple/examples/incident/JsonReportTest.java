package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class JsonReportTest {
  @Test
  void aPhaseHasTheFieldsThatMachinesExpect() {
    assertThat(JsonReport.of(List.of(Results.kept(Phase.PLAIN).absorbed(3).result())))
        .isEqualToIgnoringWhitespace(
            """
            {"phases":[{"name":"plain","capacity":256,"requests":257,"succeeded":256,"refused":0,
            "failed":1,"surfaced":1,"absorbed":3,"opened":256,"peakPorts":256,"elapsedMs":1234,
            "skipped":null}]}
            """);
  }

  @Test
  void aSkippedPhaseSaysWhyAndCountsNothing() {
    assertThat(JsonReport.of(List.of(PhaseResult.skipped(Phase.POOL, "\"no\" \\ right\n"))))
        .contains("\"name\":\"pool\",\"capacity\":256,\"requests\":0,\"succeeded\":0")
        .contains("\"skipped\":\"\\\"no\\\" \\\\ right\\u000a\"");
  }

  @Test
  void phasesAreSeparatedByCommas() {
    String json =
        JsonReport.of(
            List.of(Results.kept(Phase.PLAIN).result(), Results.kept(Phase.POOL).result()));
    assertThat(json).startsWith("{\"phases\":[").endsWith("]}\n").containsOnlyOnce("},\n{");
  }
}
