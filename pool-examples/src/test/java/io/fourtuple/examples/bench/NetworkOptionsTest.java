package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.command.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkOptionsTest {
  @Test
  void withoutArgumentsFiguresAreTakenAtLengthAndNothingIsChecked() throws UsageException {
    assertThat(NetworkOptions.parse(List.of()))
        .isEqualTo(new NetworkOptions(false, false, false, false));
  }

  @Test
  void theInnerRunGetsWhatTheOuterOneWasAskedFor() throws UsageException {
    NetworkOptions outer = NetworkOptions.parse(List.of("--check", "--quick"));
    List<String> inner = outer.toInsideArguments("connect-cost");
    assertThat(inner.get(0)).isEqualTo("connect-cost");
    assertThat(NetworkOptions.parse(inner.subList(1, inner.size())))
        .isEqualTo(new NetworkOptions(false, true, true, true));
  }

  @Test
  void anUnknownArgumentIsRefusedWithTheListOfThoseThatExist() {
    assertThatThrownBy(() -> NetworkOptions.parse(List.of("--fast")))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("--fast", "--quick", "--check", "--help");
  }
}
