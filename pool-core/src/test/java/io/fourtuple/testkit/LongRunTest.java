package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fourtuple.testkit.LongShape.Weather;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The long run, shortly; and what it finds where something is wrong on purpose. */
class LongRunTest {
  private static final int STEPS = 4_000;

  /** One with which each planted fault shows early, so that shortening it takes seconds. */
  private static final long SEED = 4;

  private static LongShape shape(Weather weather) {
    return new LongShape(SEED, 6, 16, 2, weather, 1, 500);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsWrongInAWorldOf(Weather weather) {
    LongWorld world = new LongWorld(shape(weather));
    Throwable failure =
        catchThrowable(
            () ->
                Scenario.replay(() -> world, LongOperations.generator(shape(weather)), SEED, STEPS)
                    .run());
    assertThat(failure).isNull();
    assertThat(world.tally.served).isPositive();
    assertThat(world.tally.surfaced).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aFaultIsFoundWithinTenThousandStepsAndToldInFew(PlantedFault fault) {
    LongShape shape = shape(Weather.CALM);
    Throwable found =
        catchThrowable(
            () ->
                Scenario.replay(
                        () -> new LongWorld(shape, fault.ledger(), fault.connector()),
                        LongOperations.generator(shape),
                        shape.seed(),
                        10_000)
                    .run());
    assertThat(found)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed " + SEED)
        .hasMessageContaining(fault.foundAs());
    assertThat(found.getMessage().lines().filter(line -> line.startsWith("new ")).count())
        .as(found.getMessage())
        .isBetween(1L, 150L);
  }

  @Test
  void theSameWorldsComeToTheSame() {
    List<LongRun.Episode> worlds =
        Stream.of(Weather.values())
            .map(
                weather ->
                    new LongRun.Episode(
                        0, new LongShape(SEED, 64, 1_000, 4, weather, 1, 10_000), 3 * STEPS))
            .toList();
    assertThat(LongRun.rowsOf(worlds)).isEqualTo(LongRun.rowsOf(worlds));
  }

  @Test
  void anEpisodeIsMadeFromTheSeedOfTheRunAndItsNumber() {
    assertThat(LongRun.Episode.of(3, 17)).isEqualTo(LongRun.Episode.of(3, 17));
    assertThat(LongRun.Episode.of(3, 17).shape().seed())
        .isNotEqualTo(LongRun.Episode.of(3, 18).shape().seed());
  }
}
