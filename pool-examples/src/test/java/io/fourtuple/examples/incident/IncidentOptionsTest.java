package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.examples.command.UsageException;
import io.fourtuple.examples.incident.IncidentOptions.Format;
import io.fourtuple.examples.incident.IncidentOptions.Place;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IncidentOptionsTest {
  @Test
  void withoutArgumentsAllPhasesRunAndATableIsPrinted() throws UsageException {
    assertThat(IncidentOptions.parse(List.of()))
        .isEqualTo(new IncidentOptions(Format.TABLE, Place.OUTSIDE, List.of(Phase.values())));
  }

  @Test
  void phasesRunInTheirOwnOrderAndOnce() throws UsageException {
    IncidentOptions options =
        IncidentOptions.parse(
            List.of("--phase", "pool", "plain", "--json", "--phase", "plain-bound", "pool"));
    assertThat(options)
        .isEqualTo(
            new IncidentOptions(
                Format.JSON, Place.OUTSIDE, List.of(Phase.PLAIN, Phase.PLAIN_BOUND, Phase.POOL)));
  }

  @Test
  void theInnerRunGetsWhatTheOuterOneWasAskedFor() throws UsageException {
    IncidentOptions outer =
        IncidentOptions.parse(List.of("--json", "--phase", "plain", "--phase", "pool"));
    List<String> inner = outer.toInsideArguments();
    assertThat(inner.get(0)).isEqualTo("incident");
    assertThat(IncidentOptions.parse(inner.subList(1, inner.size())))
        .isEqualTo(new IncidentOptions(Format.JSON, Place.INSIDE, outer.phases()));
  }

  @Test
  void anUnknownPhaseIsRefusedWithTheListOfThoseThatExist() {
    assertThatThrownBy(() -> IncidentOptions.parse(List.of("--phase", "poool")))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("poool", "plain-bound", "pool-2-sources");
  }

  @Test
  void aPhaseWithoutNameIsRefused() {
    assertThatThrownBy(() -> IncidentOptions.parse(List.of("--phase", "--json")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--phase needs a name");
  }

  @Test
  void anUnknownArgumentIsRefusedWithTheListOfThoseThatExist() {
    assertThatThrownBy(() -> IncidentOptions.parse(List.of("plain")))
        .isInstanceOf(UsageException.class)
        .hasMessageContainingAll("plain", "--json", "--phase", "--help");
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void helpNamesThePhase(Phase phase) {
    assertThat(IncidentOptions.HELP).contains("  " + phase.title() + " ");
  }
}
