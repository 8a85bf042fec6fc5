package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.command.UsageException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkOptionsTest {
  @Test
  void withoutArgumentsFiguresAreTakenAtLengthAndNothingIsChecked() throws UsageException {
    assertThat(NetworkOptions.parse(List.of(), true))
        .isEqualTo(new NetworkOptions(false, false, false, false, 0));
  }

  @Test
  void theInnerRunGetsWhatTheOuterOneWasAskedFor() throws UsageException {
    NetworkOptions outer = NetworkOptions.parse(List.of("--check", "--quick", "--sockets=7"), true);
    List<String> inner = outer.toInsideArguments("connect-cost");
    assertThat(inner.get(0)).isEqualTo("connect-cost");
    assertThat(NetworkOptions.parse(inner.subList(1, inner.size()), true))
        .isEqualTo(new NetworkOptions(false, true, true, true, 7));
  }

  @Test
  void anUnknownArgumentIsRefusedWithTheListOfThoseThatExist() {
    assertThatThrownBy(() -> NetworkOptions.parse(List.of("--fast"), false))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("--fast", "--quick", "--check", "--help");
  }

  @Test
  void aNumberOfSocketsIsForThoseWhoTakeOne() {
    assertThatThrownBy(() -> NetworkOptions.parse(List.of("--sockets=7"), false))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("unknown argument: --sockets=7; ");
    for (String number : List.of("", "0", "-1", "500001", "many")) {
      assertThatThrownBy(() -> NetworkOptions.parse(List.of("--sockets=" + number), true))
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith("--sockets=N must be in 1..500000, was ");
    }
  }
}
