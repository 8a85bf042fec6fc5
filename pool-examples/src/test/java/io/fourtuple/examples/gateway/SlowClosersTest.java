package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SlowClosersTest {
  private static final InetSocketAddress ONE = InetSocketAddress.createUnresolved("one", 80);
  private static final InetSocketAddress OTHER = InetSocketAddress.createUnresolved("other", 80);

  private final MockTicker ticker = Ticker.newMockTicker();
  private final SlowClosers slowClosers = new SlowClosers(ticker);

  @Test
  void oneThatWasSlowIsRememberedForAWhile() {
    assertThat(slowClosers.contains(ONE)).isFalse();
    slowClosers.add(ONE);
    assertThat(slowClosers.contains(ONE)).isTrue();
    assertThat(slowClosers.contains(OTHER)).isFalse();

    ticker.advance(SlowClosers.REMEMBERED_NANOS - 1, TimeUnit.NANOSECONDS);
    assertThat(slowClosers.contains(ONE)).isTrue();
    ticker.advance(1, TimeUnit.NANOSECONDS);
    assertThat(slowClosers.contains(ONE)).isFalse();
  }

  @Test
  void oneThatIsSlowAgainIsRememberedAnew() {
    slowClosers.add(ONE);
    ticker.advance(SlowClosers.REMEMBERED_NANOS - 1, TimeUnit.NANOSECONDS);
    slowClosers.add(ONE);
    ticker.advance(SlowClosers.REMEMBERED_NANOS - 1, TimeUnit.NANOSECONDS);
    assertThat(slowClosers.contains(ONE)).isTrue();
  }
}
