package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DestinationsTest {
  private static final Destination PLACE = Destination.of(Endpoint.of("10.1.0.1", 80));

  private final ConnectionPool<Integer> pool = ConnectionPool.of(new ScriptedConnector());
  private final Destinations<Integer> destinations = new Destinations<>(pool);

  private long opened() {
    return destinations.snapshot(Set.of()).counters().opened();
  }

  @Test
  void whatWasCountedIsThereWhileADestinationIsForgotten() throws InterruptedException {
    DestinationPool<Integer> over = destinations.findOrBegin(PLACE);
    over.counters().opened.increment();
    Thread forgets = new Thread(() -> destinations.forget(over));
    over.section().enter();
    try {
      forgets.start();
      while (forgets.getState() != Thread.State.WAITING) { // for the section
        Thread.onSpinWait();
      }
      assertThat(opened()).isOne();
    } finally {
      over.section().leave();
    }
    forgets.join();

    assertThat(destinations.find(PLACE)).isNull();
    assertThat(destinations.at(PLACE.endpoints().get(0))).isEmpty();
    assertThat(opened()).isOne();
  }

  @Test
  void whatIsForgottenTwiceCountsOnce() {
    DestinationPool<Integer> over = destinations.findOrBegin(PLACE);
    over.counters().opened.increment();

    destinations.forget(over);
    destinations.forget(over);

    assertThat(opened()).isOne();
  }
}
