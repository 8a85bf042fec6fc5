package io.fourtuple.examples.bench.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @Test
  void withoutAnyThereIsNoPercentile() {
    assertThat(latencies.percentile(99)).isZero();
    assertThat(latencies.count()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 127, 128, 1_000, 123_456_789, Long.MAX_VALUE})
  void aClassIsNoWiderThanASixtyFourthOfItsValue(long nanos) {
    latencies.add(nanos);
    assertThat(latencies.percentile(50)).isBetween(nanos - nanos / 64, nanos);
  }

  @Test
  void ninetyNineOfAHundredDoNotExceedThePercentile() {
    for (int i = 1; i <= 100; i++) {
      latencies.add(i == 100 ? 1_000_000 : i % 60);
    }
    assertThat(latencies.percentile(99)).isEqualTo(59);
    assertThat(latencies.percentile(100)).isBetween(984_000L, 1_000_000L);
    assertThat(latencies.count()).isEqualTo(100);
  }

  @Test
  void countsBelowATime() {
    for (long nanos : new long[] {1, 2, 1_000, 100_000}) {
      latencies.add(nanos);
    }
    assertThat(latencies.countBelow(1)).isZero();
    assertThat(latencies.countBelow(1_024)).isEqualTo(3);
    assertThat(latencies.countBelow(Long.MAX_VALUE)).isEqualTo(4);
  }
}
