package io.fourtuple.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.examples.bench.Contestant.Caller;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EntrantTest {
  private static final int CONNECTIONS = 2;

  @ParameterizedTest
  @EnumSource(Entrant.class)
  void givesBackWhatItTakesSoThatTwoCallersCanGoOn(Entrant entrant) throws Exception {
    Contestant contestant = entrant.with(CONNECTIONS);
    try {
      Caller first = contestant.caller();
      Caller second = contestant.caller();
      for (int i = 0; i < 2 * CONNECTIONS; i++) {
        assertThat(first.cycle()).isNotNull();
        assertThat(second.cycle()).isNotNull();
      }
    } finally {
      contestant.end();
    }
  }
}
