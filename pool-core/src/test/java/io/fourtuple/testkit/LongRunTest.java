package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fourtuple.port.Ending;
import io.fourtuple.testkit.LongWorld.Shape;
import io.fourtuple.testkit.LongWorld.Weather;
import io.fourtuple.testkit.SimulatedConnector.Misbehaviour;
import io.fourtuple.testkit.SimulatedHost.LedgerSettings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The long run, shortly; and what it finds where something is wrong on purpose. */
class LongRunTest {
  private static final int STEPS = 4_000;

  private static Shape shape(Weather weather) {
    return new Shape(7, 6, 16, 2, weather, 1, 500);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsWrongInAWorldOf(Weather weather) {
    LongWorld world = new LongWorld(shape(weather));
    Throwable failure =
        catchThrowable(
            () ->
                Scenario.replay(() -> world, LongOperations.generator(shape(weather)), 7, STEPS)
                    .run());
    assertThat(failure).isNull();
    assertThat(world.tally.served).isPositive();
    assertThat(world.tally.surfaced).isZero();
  }

  /** What may be wrong. */
  enum Fault {
    WRONG_ENDING {
      @Override
      Misbehaviour connector() {
        return new Misbehaviour() {
          @Override
          Ending reportedEnding(Ending truth) {
            return truth == Ending.LOCAL_CLOSED_FIRST ? Ending.PEER_CLOSED_FIRST : truth;
          }
        };
      }
    },
    FORGOTTEN_SETTLEMENT {
      @Override
      Misbehaviour connector() {
        return new Misbehaviour() {
          private int settled;

          @Override
          @Nullable Ending reportedEnding(Ending truth) {
            return ++settled % 10 == 0 ? null : truth;
          }
        };
      }
    },
    PORT_GIVEN_TWICE {
      @Override
      Misbehaviour connector() {
        return new Misbehaviour() {
          private int connected;

          @Override
          boolean settlesTooEarly() {
            return ++connected % 10 == 0;
          }
        };
      }
    },
    WRONG_PORT {
      @Override
      Misbehaviour connector() {
        return new Misbehaviour() {
          @Override
          int reportedPort(int truth) {
            return truth + 1;
          }
        };
      }
    },
    SHORT_TIME_WAIT {
      @Override
      LedgerSettings ledger() {
        return builder -> builder.timeWait(Duration.ofSeconds(30));
      }
    },
    NO_REST {
      @Override
      LedgerSettings ledger() {
        return builder -> builder.rest(Duration.ZERO);
      }
    };

    Misbehaviour connector() {
      return new Misbehaviour();
    }

    LedgerSettings ledger() {
      return builder -> {};
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFaultIsFoundWithinTenThousandStepsAndToldInFew(Fault fault) {
    Shape shape = shape(Weather.CALM);
    Throwable found =
        catchThrowable(
            () ->
                Scenario.replay(
                        () -> new LongWorld(shape, fault.ledger(), fault.connector()),
                        LongOperations.generator(shape),
                        shape.seed(),
                        10_000)
                    .run());
    assertThat(found).isInstanceOf(AssertionError.class).hasMessageContaining("seed 7");
    assertThat(found.getMessage().lines().filter(line -> line.startsWith("new ")).count())
        .as(found.getMessage())
        .isBetween(1L, 150L);
  }

  @Test
  void anEpisodeIsMadeFromTheSeedOfTheRunAndItsNumber() {
    assertThat(LongRun.Episode.of(3, 17)).isEqualTo(LongRun.Episode.of(3, 17));
    assertThat(LongRun.Episode.of(3, 17).shape().seed())
        .isNotEqualTo(LongRun.Episode.of(3, 18).shape().seed());
  }
}
