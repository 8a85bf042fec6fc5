package io.fourtuple.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.command.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadOptionsTest {
  @Test
  void withoutArgumentsTenThousandCallersShareTwoHundredPorts() throws UsageException {
    assertThat(LoadOptions.parse(List.of()))
        .isEqualTo(new LoadOptions(false, false, false, 10_000, 200, 10));
  }

  @Test
  void theInnerRunGetsWhatTheOuterOneWasAskedFor() throws UsageException {
    LoadOptions outer =
        LoadOptions.parse(List.of("--callers", "70", "--check", "--ports", "7", "--requests", "2"));
    List<String> inner = outer.toInsideArguments("load");
    assertThat(inner.get(0)).isEqualTo("load");
    assertThat(LoadOptions.parse(inner.subList(1, inner.size())))
        .isEqualTo(new LoadOptions(false, true, true, 70, 7, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --ports 0         | --ports must be in 1..5000, was 0
          --ports 5001      | --ports must be in 1..5000, was 5001
          --callers many    | --callers must be in 1..50000, was many
          --requests        | --requests must be in 1..1000, was missing
          --callers 200     | --callers must be above --ports (200), was 200
          --seconds 5       | unknown argument: --seconds; there are --callers
          """)
  void whatMakesNoSenseIsRefusedWithOptionRuleAndValue(String line, String message) {
    assertThatThrownBy(() -> LoadOptions.parse(List.of(line.split(" "))))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(message);
  }
}
