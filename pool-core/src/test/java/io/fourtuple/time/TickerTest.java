package io.fourtuple.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TickerTest {
  @Test
  void theSystemsTickerIsTheMachinesMonotonicClock() {
    long before = System.nanoTime();
    long read = Ticker.system().read();
    long after = System.nanoTime();

    assertThat(read - before).isNotNegative();
    assertThat(after - read).isNotNegative();
  }
}
