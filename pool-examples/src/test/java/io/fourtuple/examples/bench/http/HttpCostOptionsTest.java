package io.fourtuple.examples.bench.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.bench.http.HttpCostOptions.Format;
import io.fourtuple.examples.command.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpCostOptionsTest {
  @Test
  void withoutArgumentsAllClientsAreMeasuredAtLengthAndNothingIsChecked() throws UsageException {
    assertThat(HttpCostOptions.parse(List.of()))
        .isEqualTo(
            new HttpCostOptions(
                Format.TABLE,
                HttpCostLength.FULL,
                false,
                false,
                3,
                List.of(Body.values()),
                List.of(1, 16, 128),
                List.of(HttpEntrant.values())));
  }

  @Test
  void theLimitIsAlwaysMeasuredAndForTheBarThisLibraryIsToo() throws UsageException {
    assertThat(HttpCostOptions.parse(List.of("--check", "--contestants", "jetty")).entrants())
        .containsExactly(HttpEntrant.MINIMAL, HttpEntrant.FOURTUPLE, HttpEntrant.JETTY);
  }

  @Test
  void theInnerRunGetsWhatTheOuterOneWasAskedFor() throws UsageException {
    HttpCostOptions outer =
        HttpCostOptions.parse(
            List.of(
                "--check",
                "--json",
                "--quick",
                "--rounds",
                "7",
                "--bodies",
                "16k",
                "--concurrency",
                "16,1",
                "--contestants",
                "ahc,vertx"));
    List<String> inner = outer.toInsideArguments();
    assertThat(inner.get(0)).isEqualTo("http-cost");
    HttpCostOptions parsed = HttpCostOptions.parse(inner.subList(1, inner.size()));
    assertThat(parsed.inside()).isTrue();
    assertThat(parsed.rounds()).isEqualTo(7);
    assertThat(parsed.concurrencies()).containsExactly(1, 16);
    assertThat(parsed).usingRecursiveComparison().ignoringFields("inside").isEqualTo(outer);
  }

  @ParameterizedTest
  @CsvSource({
    "--fast, unknown argument: --fast",
    "--rounds 0, '--rounds must be in 1..100, was 0'",
    "--rounds many, '--rounds must be in 1..100, was many'",
    "--rounds, --rounds needs a value",
    "--bodies 1k, unknown body: 1k; there are 128",
    "--concurrency 1001, '--concurrency must be in 1..1000, was 1001'",
    "--contestants curl, unknown contestant: curl; there are netty-min"
  })
  void whatMakesNoSenseIsRefusedWithItsReason(String arguments, String message) {
    assertThatThrownBy(() -> HttpCostOptions.parse(List.of(arguments.split(" "))))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(message);
  }
}
