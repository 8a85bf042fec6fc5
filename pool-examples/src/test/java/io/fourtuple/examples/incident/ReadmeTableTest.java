package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadmeTableTest {
  @ParameterizedTest
  @EnumSource
  void theReadmeShowsWhatThePhasePromises(Phase phase) throws IOException {
    List<String> cells =
        Files.readAllLines(Path.of("../README.md")).stream()
            .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
            .filter(row -> row.size() > 2 && row.get(1).equals(phase.title()))
            .findFirst()
            .orElseThrow();
    Phase.Promise promise = phase.promise();
    assertThat(cells.subList(2, 7))
        .containsExactly(
            grouped(phase.capacity()),
            grouped(phase.load().requests()),
            grouped(promise.succeeded()),
            grouped(promise.refused()),
            grouped(promise.failed()));
    assertThat(cells).contains("kept");
  }

  private static String grouped(int number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
