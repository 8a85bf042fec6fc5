package io.fourtuple.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.bench.http.Latencies;
import io.fourtuple.host.PortDiagnosis;
import io.fourtuple.host.PortDiagnosis.Kind;
import java.net.ConnectException;
import java.net.SocketException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoadOutcomeTest {
  private final LoadTally tally = new LoadTally(2);

  @Test
  void aPlotHasTheClassesBetweenTheFastestAndTheSlowest() {
    Latencies latencies = new Latencies();
    for (long nanos : new long[] {1_500_000, 1_600_000, 1_700_000, 12_000_000}) {
      latencies.add(nanos);
    }
    assertThat(LoadOutcome.plot(latencies).lines())
        .containsExactly(
            "         1 ..        2 ms |" + "#".repeat(40) + "|         3   75.0 %",
            "         2 ..        5 ms |" + " ".repeat(40) + "|         0    0.0 %",
            "         5 ..       10 ms |" + " ".repeat(40) + "|         0    0.0 %",
            "        10 ..       20 ms |"
                + "#".repeat(13)
                + " ".repeat(27)
                + "|         1   25.0 %");
    assertThat(LoadOutcome.plot(new Latencies())).isEmpty();
  }

  @Test
  void onlyTheKernelsTableMakesItAWantOfPorts() {
    tally.failed(new ConnectException("Cannot assign requested address"));
    assertThat(outcome().isShortOfPorts()).isFalse();
    assertThat(outcome().tally().failures()).isEqualTo(Map.of(Kind.NO_LOCAL_PORT, 1));
  }

  @Test
  void whoIsNotDoneIsNotServed() {
    tally.served();
    assertThat(outcome().isServed()).isFalse();
    tally.failed(new SocketException("Too many open files"));
    assertThat(outcome().isServed()).isFalse();
    assertThat(outcome().isShortOfPorts()).isFalse();
    assertThat(outcome().errors()).startsWith("1 x NO_FILE_DESCRIPTOR: ");
  }

  @Test
  void whatComesTooLateDoesNotCount() throws InterruptedException {
    tally.served();
    tally.awaitAll(0);
    tally.failed(new SocketException("closed at the end"));
    tally.answered(1);
    assertThat(tally.unfinished()).isEqualTo(1);
    assertThat(tally.failures()).isEmpty();
    assertThat(tally.latencies().count()).isZero();
  }

  @Test
  void theLimitOfOpenFilesIsTheSoftOne() {
    assertThat(
            LoadCommand.openFiles(
                List.of(
                    "Limit                     Soft Limit           Hard Limit           Units",
                    "Max open files            1024                 20000                files")))
        .isEqualTo(1_024);
    assertThat(LoadCommand.openFiles(List.of("Max open files   unlimited   unlimited   files")))
        .isEqualTo(Long.MAX_VALUE);
  }

  private LoadOutcome outcome() {
    Map<Kind, PortDiagnosis> diagnoses = new EnumMap<>(Kind.class);
    tally.firsts().forEach((kind, error) -> diagnoses.put(kind, PortDiagnosis.of(error)));
    return new LoadOutcome("some", tally, 1, 1, diagnoses);
  }
}
