package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers with a timeout of zero. */
class NoWaitingTest {
  @RegisterExtension final Scene scene = Scene.pinned(2);

  /** Lets what is due happen while the pool asks for sources, as it does on its own thread. */
  private final class Hasty extends ForwardingConnector<SimulatedConnection> {
    Hasty() {
      super(scene.connector);
    }

    @Override
    public List<SourceAddress> sources(Endpoint endpoint) {
      scene.host.time().runUntilIdle();
      return super.sources(endpoint);
    }
  }

  private final ConnectionPool<SimulatedConnection> pool =
      scene.pool(new Hasty(), settings -> settings);

  private Caller call(long nanos) {
    Caller caller = scene.call(pool, TO_ONE, Duration.ofNanos(nanos));
    scene.host.time().runUntilIdle();
    return caller;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void areToldOfThePortsWhereThoseAreWanting(long nanos) {
    scene.lease(pool, TO_ONE, 2);
    PortsExhaustedException refusal = call(nanos).refusal(PortsExhaustedException.class);
    assertThat(refusal.waited()).isZero();
    assertThat(refusal.routes().get(0).established()).isEqualTo(2);
  }

  @Test
  void areToldSoTooWhereOthersWaitForThem() {
    scene.lease(pool, TO_ONE, 2);
    Caller patient = scene.call(pool, TO_ONE, Scene.SECOND);
    PortsExhaustedException refusal = call(0).refusal(PortsExhaustedException.class);
    assertThat(refusal.routes().get(0).waiting()).isOne();
    assertThat(patient.isWaiting()).isTrue();
    patient.giveUp();
  }

  @Test
  void areToldWhenAPortIsFreeForThem() {
    scene.lease(pool, TO_ONE, 2).forEach(scene::closeFirst);
    PortsExhaustedException refusal = call(0).refusal(PortsExhaustedException.class);
    assertThat(refusal.retryAfter()).isPresent();
  }

  @Test
  void areToldOfTheTimeWhereAConnectHasBegun() {
    assertThat(call(0).refusal(AcquireTimeoutException.class).waited()).isZero();
    scene.passMillis(10);
    assertThat(pool.snapshot().idle()).as("for the next").isOne();
  }

  @Test
  void getAnIdleConnection() {
    scene.lease(pool, TO_ONE).close();
    assertThat(call(0).isServed()).isTrue();
  }
}
