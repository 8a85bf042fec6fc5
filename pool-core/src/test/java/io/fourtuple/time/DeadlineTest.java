package io.fourtuple.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MAX_VALUE - 500_000_000L, Long.MAX_VALUE, Long.MIN_VALUE})
  void lastsAsLongAsItsTimeoutWhereverTheTickStands(long now) {
    Deadline deadline = Deadline.after(now, SECOND);

    assertThat(deadline.isOver(now)).isFalse();
    assertThat(deadline.nanosLeft(now)).isEqualTo(1_000_000_000L);
    assertThat(deadline.isOver(now + 999_999_999L)).isFalse();
    assertThat(deadline.left(now + 999_999_999L)).isEqualTo(Duration.ofNanos(1));
    assertThat(deadline.isOver(now + 1_000_000_000L)).isTrue();
    assertThat(deadline.left(now + 2_000_000_000L)).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 500_000_000L})
  void isBeforeWhatComesLaterAcrossTheWrapAround(long now) {
    Deadline sooner = Deadline.after(now, SECOND);
    Deadline later = Deadline.after(now, SECOND.multipliedBy(2));

    assertThat(sooner.isBefore(later)).isTrue();
    assertThat(later.isBefore(sooner)).isFalse();
    assertThat(sooner.isBefore(sooner)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void isOverAtOnceForATimeoutOfZeroOrLess(long seconds) {
    Deadline deadline = Deadline.after(7, Duration.ofSeconds(seconds));

    assertThat(deadline).isEqualTo(new Deadline(7));
    assertThat(deadline.isOver(7)).isTrue();
    assertThat(deadline.nanosLeft(7)).isZero();
  }

  @Test
  void counts146YearsForAnyTimeoutBeyondThem() {
    Deadline farthest = Deadline.after(Long.MAX_VALUE, Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(farthest.nanosLeft(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE / 2);
    assertThat(Deadline.after(Long.MAX_VALUE, SECOND).isBefore(farthest)).isTrue();
  }
}
