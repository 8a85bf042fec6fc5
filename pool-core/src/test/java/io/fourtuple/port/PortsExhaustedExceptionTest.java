package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PortsExhaustedExceptionTest {
  private static final SourceAddress SOURCE =
      source("10.0.0.5", "40000-40511", PortSelection.PINNED);
  private static final PortCensus CENSUS =
      new PortCensus(new Route(SOURCE, PEER), 512, 1, 2, 498, 0, 11, 0, 0, 17, 4_200_000_000L);

  @Test
  void saysWhatWhereHowMuchAndWhatNext() {
    assertThat(exhausted(List.of(CENSUS), Duration.ofMillis(250), Duration.ofSeconds(9)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "no free local port on 10.0.0.5:[40000-40511] to 203.0.113.7:443 after 250 ms:"
                + " established=498, connecting=3, closing=0,"
                + " time-wait=11 (next free in 4.2 s), foreign=0, waiting=17");
  }

  @Test
  void promisesNothingWhereNothingIsKnown() {
    PortCensus full = new PortCensus(new Route(SOURCE, PEER), 512, 0, 0, 500, 5, 0, 0, 7, 0, -1);

    assertThat(exhausted(List.of(full), Duration.ZERO, null))
        .hasMessage(
            "no free local port on 10.0.0.5:[40000-40511] to 203.0.113.7:443:"
                + " established=500, connecting=0, closing=5, time-wait=0, foreign=7, waiting=0");
  }

  @Test
  void doesNotCountWhatCanBeTakenAgainAsTimeWait() {
    PortCensus census = new PortCensus(new Route(SOURCE, PEER), 512, 0, 0, 0, 0, 20, 15, 0, 0, -1);

    assertThat(exhausted(List.of(census), Duration.ZERO, null))
        .hasMessageContaining("time-wait=5, ");
  }

  @Test
  void saysHowEachOfSeveralRoutesStands() {
    PortCensus other =
        new PortCensus(new Route(SOURCE, OTHER_PEER), 512, 0, 0, 512, 0, 0, 0, 0, 1, -1);

    assertThat(exhausted(List.of(CENSUS, other), Duration.ofSeconds(2), Duration.ofMillis(6_360)))
        .hasMessage(
            "no free local port on any of 2 routes after 2000 ms (for this caller in 6.4 s):"
                + " 10.0.0.5:[40000-40511] to 203.0.113.7:443: established=498, connecting=3,"
                + " closing=0, time-wait=11 (next free in 4.2 s), foreign=0, waiting=17;"
                + " 10.0.0.5:[40000-40511] to 203.0.113.8:443: established=512, connecting=0,"
                + " closing=0, time-wait=0, foreign=0, waiting=1");
  }

  @Test
  void showsTheFirstFourOfManyRoutes() {
    assertThat(
            exhausted(List.of(CENSUS, CENSUS, CENSUS, CENSUS, CENSUS, CENSUS), Duration.ZERO, null))
        .hasMessageStartingWith("no free local port on any of 6 routes: 10.0.0.5:")
        .hasMessageEndingWith("waiting=17; and 2 more");
  }

  @Test
  void writesNumbersAlikeInEveryLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(exhausted(List.of(CENSUS), Duration.ZERO, null)).hasMessageContaining("4.2 s");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void carriesItsNumbers() {
    PortsExhaustedException known =
        exhausted(List.of(CENSUS), Duration.ofMillis(250), Duration.ofSeconds(9));

    assertThat(known.routes()).containsExactly(CENSUS).isUnmodifiable();
    assertThat(known.waited()).isEqualTo(Duration.ofMillis(250));
    assertThat(known.retryAfter()).contains(Duration.ofSeconds(9));
    assertThat(exhausted(List.of(CENSUS), Duration.ZERO, null).retryAfter()).isEmpty();
  }

  private static PortsExhaustedException exhausted(
      List<PortCensus> routes, Duration waited, @Nullable Duration retryAfter) {
    return new PortsExhaustedException(routes, waited, retryAfter);
  }
}
