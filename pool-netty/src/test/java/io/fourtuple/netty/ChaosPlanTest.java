package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChaosPlanTest {
  private static final int LANES = 5;

  @Test
  void theSameSeedGivesTheSamePlanAndAnotherAnotherOne() {
    ChaosPlan plan = ChaosPlan.of(7, 600, LANES);

    assertThat(ChaosPlan.of(7, 600, LANES)).isEqualTo(plan).hasToString(plan.toString());
    assertThat(ChaosPlan.of(8, 600, LANES).days()).isNotEqualTo(plan.days());
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 12, 61, 600})
  void everyKindOccursOnEachDay(int seconds) {
    for (ChaosPlan.Day day : ChaosPlan.of(1, seconds, LANES).days()) {
      assertThat(day.events()).extracting(ChaosEvent::kind).contains(ChaosKind.values());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 12, 61, 600})
  void theDaysAfterTheWarmUpLastAsLongAsWasAsked(int seconds) {
    List<ChaosPlan.Day> days = ChaosPlan.of(1, seconds, LANES).days();

    assertThat(days.get(0).millis()).isEqualTo(ChaosPlan.SHORTEST_MILLIS);
    assertThat(days.stream().skip(1).mapToInt(ChaosPlan.Day::millis).sum())
        .isEqualTo(seconds * 1_000);
    assertThat(days).allMatch(day -> day.millis() >= ChaosPlan.SHORTEST_MILLIS);
  }

  @Test
  void eventsEndWithinTheirDayAndNoneUndoesAnother() {
    for (ChaosPlan.Day day : ChaosPlan.of(3, 600, LANES).days()) {
      List<ChaosEvent> events = day.events();
      for (ChaosEvent event : events) {
        assertThat(event.atMillis()).isNotNegative();
        assertThat(event.lastsMillis()).isBetween(0, event.kind().mostMillis);
        assertThat(event.endMillis()).isLessThanOrEqualTo(day.millis());
        assertThat(event.lane()).isBetween(0, LANES - 1);
        assertThat(event.part()).isBetween(0, event.kind().parts - 1);
        assertThat(events).filteredOn(event::collidesWith).containsExactly(event);
      }
    }
  }

  @Test
  void eventsOfOneKindAndTargetCollideWhereTheyMeet() {
    ChaosEvent first = new ChaosEvent(ChaosKind.SLOW, 100, 50, 1, 2);

    assertThat(first.collidesWith(new ChaosEvent(ChaosKind.SLOW, 150, 50, 1, 2))).isTrue();
    assertThat(first.collidesWith(new ChaosEvent(ChaosKind.SLOW, 151, 50, 1, 2))).isFalse();
    assertThat(first.collidesWith(new ChaosEvent(ChaosKind.SLOW, 100, 50, 0, 2))).isFalse();
    assertThat(first.collidesWith(new ChaosEvent(ChaosKind.PAUSED, 100, 50, 1, 2))).isFalse();
    assertThat(
            new ChaosEvent(ChaosKind.FILES_SHORT, 100, 50, 1, 2)
                .collidesWith(new ChaosEvent(ChaosKind.FILES_SHORT, 100, 50, 0, 0)))
        .isTrue();
  }

  @Test
  void aPlanSaysWhatHappensWhenAndWhere() {
    assertThat(new ChaosEvent(ChaosKind.KILLED, 1_250, 500, 3, 1))
        .hasToString(" 1.250 s KILLED, lane 3, part 1, for 0.500 s");
    assertThat(ChaosPlan.of(9, 6, LANES).toString())
        .startsWith("seed 9\nday 0, 6000 ms\n  ")
        .contains("\nday 1, 6000 ms\n  ")
        .contains("KILLED");
  }

  @Test
  void lessThanAllKindsNeedIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChaosPlan.of(1, 5, LANES))
        .withMessage("seconds must be at least 6, was 5");
  }
}
