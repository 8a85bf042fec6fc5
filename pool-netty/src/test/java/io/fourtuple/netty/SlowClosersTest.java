package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.testkit.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowClosersTest {
  private static final Endpoint ONE = Endpoint.of("10.0.0.1", 80);
  private static final Endpoint OTHER = Endpoint.of("10.0.0.2", 80);
  private static final Duration INSTANT = Duration.ofNanos(1);

  private final VirtualTime time = new VirtualTime();
  private final SlowClosers slowClosers = new SlowClosers(time);

  @Test
  void allWaitForWhoeverIsNotKnown() {
    assertThat(slowClosers.mayAwait(ONE)).isTrue();
    assertThat(slowClosers.mayAwait(ONE)).isTrue();
    slowClosers.add(OTHER);
    assertThat(slowClosers.mayAwait(ONE)).isTrue();
  }

  @Test
  void nobodyWaitsForOneThatWasSlow() {
    slowClosers.add(ONE);
    assertThat(slowClosers.mayAwait(ONE)).isFalse();
    time.advance(SlowClosers.REMEMBERED.minus(INSTANT));
    assertThat(slowClosers.mayAwait(ONE)).isFalse();
  }

  @Test
  void afterAWhileOneFindsOut() {
    slowClosers.add(ONE);
    time.advance(SlowClosers.REMEMBERED);
    assertThat(slowClosers.mayAwait(ONE)).isTrue();
    assertThat(slowClosers.mayAwait(ONE)).as("while it does").isFalse();

    time.advance(SlowClosers.REMEMBERED);
    assertThat(slowClosers.mayAwait(ONE)).as("the next").isTrue();
  }

  @Test
  void allWaitAgainForOneThatHasClosed() {
    slowClosers.add(ONE);
    slowClosers.remove(ONE);
    assertThat(slowClosers.mayAwait(ONE)).isTrue();
    assertThat(slowClosers.mayAwait(ONE)).isTrue();
  }

  @Test
  void oneThatIsSlowAgainIsRememberedAnew() {
    slowClosers.add(ONE);
    time.advance(SlowClosers.REMEMBERED.minus(INSTANT));
    slowClosers.add(ONE);
    time.advance(SlowClosers.REMEMBERED.minus(INSTANT));
    assertThat(slowClosers.mayAwait(ONE)).isFalse();
  }
}
