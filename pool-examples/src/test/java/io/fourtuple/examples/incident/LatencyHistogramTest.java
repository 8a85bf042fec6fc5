package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  @Test
  void percentilesAreWithinAFifth() {
    for (int millis = 1; millis <= 1_000; millis++) {
      histogram.add(millis * 1_000_000L);
    }
    assertThat(histogram.count()).isEqualTo(1_000);
    assertThat(histogram.percentile(50)).isCloseTo(500, within(100.0));
    assertThat(histogram.percentile(99)).isCloseTo(990, within(200.0));
    assertThat(histogram.percentile(100)).isGreaterThanOrEqualTo(1_000);
  }

  @Test
  void extremesAreCounted() {
    histogram.add(0);
    histogram.add(Long.MAX_VALUE);
    assertThat(histogram.count()).isEqualTo(2);
    assertThat(histogram.plot().lines()).hasSizeGreaterThan(2);
  }

  @Test
  void nothingIsNothing() {
    assertThat(histogram.percentile(50)).isZero();
    assertThat(histogram.plot()).contains("50 % within 0.0 ms");
  }
}
