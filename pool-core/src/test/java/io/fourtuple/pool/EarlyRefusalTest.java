package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.PortRequest;
import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Refused at once only if nothing for the destination is leased, connecting or closing, and the
 * expiry that would be the caller's is known and lies after its deadline.
 */
class EarlyRefusalTest {
  /** How long a port rests after we closed first. */
  private static final Duration HOLD = Duration.ofSeconds(66);

  @RegisterExtension final Scene scene = Scene.pinned(2);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  /** Both ports rest, for the second one began {@code between} later. */
  private void bothPortsRest(Duration between) {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    scene.pass(between);
    scene.closeFirst(leases.get(1));
  }

  @Test
  void whoseDeadlineComesBeforeTheFirstExpiryIsRefusedAtOnce() {
    bothPortsRest(Duration.ZERO);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    PortsExhaustedException refusal = caller.refusal(PortsExhaustedException.class);
    assertThat(refusal.waited()).isZero();
    assertThat(refusal.retryAfter().orElseThrow()).isBetween(HOLD.minusSeconds(1), HOLD);
    PortCensus census = refusal.routes().get(0);
    assertThat(census.timeWait()).isEqualTo(2);
    assertThat(census.established() + census.connecting() + census.closing()).isZero();
  }

  @Test
  void whoseDeadlineComesAfterItQueuesAndIsServed() {
    bothPortsRest(Duration.ZERO);
    Caller caller = scene.call(pool, TO_ONE, HOLD.plusSeconds(1));
    assertThat(caller.isWaiting()).isTrue();
    scene.pass(HOLD);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void theRetryAfterIsTrue() {
    bothPortsRest(Duration.ZERO);
    PortsExhaustedException refusal =
        scene.call(pool, TO_ONE, SECOND).refusal(PortsExhaustedException.class);
    scene.pass(refusal.retryAfter().orElseThrow());
    Caller again = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(again.isServed()).isTrue();
  }

  @Test
  void eachCallerReckonsWithThoseAhead() {
    bothPortsRest(Duration.ofSeconds(30));
    Caller first = scene.call(pool, TO_ONE, Duration.ofSeconds(60));
    assertThat(first.isWaiting()).as("the first expiry is in 36 s").isTrue();
    PortsExhaustedException refusal =
        scene.call(pool, TO_ONE, Duration.ofSeconds(60)).refusal(PortsExhaustedException.class);
    assertThat(refusal.retryAfter().orElseThrow()).isBetween(HOLD.minusSeconds(1), HOLD);
    Caller third = scene.call(pool, TO_ONE, Duration.ofSeconds(67));
    assertThat(third.isWaiting()).as("the second expiry is in 66 s").isTrue();
    scene.pass(HOLD);
    assertThat(List.of(first.isServed(), third.isServed())).containsOnly(true);
  }

  @Test
  void whereSomebodyAheadGaveUpTheNextReckonsWithOneLess() {
    bothPortsRest(Duration.ofSeconds(30));
    scene.call(pool, TO_ONE, Duration.ofSeconds(60)).giveUp();
    assertThat(scene.call(pool, TO_ONE, Duration.ofSeconds(60)).isWaiting()).isTrue();
  }

  @Test
  void whereMoreWaitThanPortsRestNothingIsKnownAndTheCallerQueues() {
    bothPortsRest(Duration.ZERO);
    scene.call(pool, TO_ONE, MINUTES);
    scene.call(pool, TO_ONE, MINUTES);
    assertThat(scene.call(pool, TO_ONE, SECOND).isWaiting()).isTrue();
  }

  @Test
  void whileAConnectionIsInUseTheCallerQueues() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    assertThat(caller.isWaiting()).isTrue();
    leases.get(1).close();
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void whileAConnectIsInProgressTheCallerQueues() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    leases.get(1).connection().peerResets();
    scene.passMillis(20);
    scene.peer(ONE).slow(Duration.ofMillis(500));
    scene.call(pool, TO_ONE, SECOND);
    assertThat(scene.call(pool, TO_ONE, SECOND).isWaiting()).isTrue();
  }

  @Test
  void whileAConnectionIsBeingClosedTheCallerQueues() {
    scene.peer(ONE).farewell(Farewell.KEEPS_OPEN);
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    scene.closeFirst(leases.get(1));
    assertThat(scene.census().closing()).isEqualTo(2);
    Caller caller = scene.call(pool, TO_ONE, Duration.ofSeconds(5));
    assertThat(caller.isWaiting()).isTrue();
    scene.pass(SECOND); // the close timeout, and then a reset
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void wherePortsAreForeignNothingIsKnownAndTheCallerQueues() throws Exception {
    for (int port = 40_000; port < 40_002; port++) {
      scene.host.kernel().occupy(PortRequest.explicit(scene.sources.get(0).address(), port), ONE);
    }
    Caller caller = scene.call(pool, TO_ONE, Duration.ofMillis(500));
    scene.passMillis(100);
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(400);
    PortsExhaustedException refusal = caller.refusal(PortsExhaustedException.class);
    assertThat(refusal.retryAfter()).isEmpty();
    assertThat(refusal.routes().get(0).foreign()).isEqualTo(2);
    assertThat(pool.snapshot().counters().surfaced()).isZero();
  }

  @Test
  void whoQueuedIsRefusedAsSoonAsTheLastLiveConnectionIsGone() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    Caller hasty = scene.call(pool, TO_ONE, Duration.ofSeconds(30));
    Caller patient = scene.call(pool, TO_ONE, Duration.ofSeconds(70));
    scene.closeFirst(leases.get(1));
    PortsExhaustedException refusal = hasty.refusal(PortsExhaustedException.class);
    assertThat(refusal.waited()).isLessThan(SECOND);
    assertThat(refusal.retryAfter()).isPresent();
    assertThat(patient.isWaiting()).isTrue();
    scene.pass(HOLD);
    assertThat(patient.isServed()).isTrue();
  }

  @Test
  void whoWaitsInVainIsToldTheCensusAndWhenToComeBack() {
    bothPortsRest(Duration.ZERO);
    scene.call(pool, TO_ONE, MINUTES);
    scene.call(pool, TO_ONE, MINUTES);
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    PortsExhaustedException refusal = caller.refusal(PortsExhaustedException.class);
    assertThat(refusal.waited()).isEqualTo(SECOND);
    assertThat(refusal.routes()).singleElement().extracting("timeWait").isEqualTo(2);
  }

  @Test
  void anEarlyRefusalOpensNothingAndLeavesNothingBehind() {
    bothPortsRest(Duration.ZERO);
    long before = scene.connector.attempts();
    scene.call(pool, TO_ONE, SECOND).refusal(PortsExhaustedException.class);
    scene.pass(MINUTES);
    assertThat(scene.connector.attempts()).isEqualTo(before);
    assertThat(scene.census().waiting()).isZero();
  }
}
