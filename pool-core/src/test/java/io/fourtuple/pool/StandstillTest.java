package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.SimulatedConnection;
import io.fourtuple.testkit.SimulatedPeer.Farewell;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With a {@code portPatience}, who waits in vain is told so long before its deadline. */
class StandstillTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofMillis(250);

  /** How long a port rests after we closed first. */
  private static final Duration HOLD = Duration.ofSeconds(66);

  @RegisterExtension final Scene scene = Scene.pinned(2);

  private final ConnectionPool<SimulatedConnection> pool =
      scene.pool(settings -> settings.portPatience(PATIENCE));

  private Caller call() {
    return scene.call(pool, TO_ONE, HOUR);
  }

  private static Duration waited(Caller caller) {
    return caller.refusal(PortsExhaustedException.class).waited();
  }

  /** All ports are in use, and callers were refused. */
  private List<Lease<SimulatedConnection>> standstill() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    Caller caller = call();
    scene.pass(PATIENCE);
    assertThat(waited(caller)).isEqualTo(PATIENCE);
    return leases;
  }

  @Test
  void allWhoWaitAreRefusedWhenNothingHasMoved() {
    scene.lease(pool, TO_ONE, 2);
    Caller first = call();
    scene.passMillis(100);
    Caller second = call();
    scene.passMillis(149);
    assertThat(List.of(first.isWaiting(), second.isWaiting())).containsOnly(true);
    scene.passMillis(1);
    assertThat(waited(first)).isEqualTo(PATIENCE);
    assertThat(waited(second)).isEqualTo(Duration.ofMillis(150));
    assertThat(first.refusal(PortsExhaustedException.class).retryAfter()).isEmpty();
    assertThat(first.refusal(PortsExhaustedException.class).routes())
        .singleElement()
        .extracting("established")
        .isEqualTo(2);
    assertThat(scene.census().waiting()).isZero();
  }

  @Test
  void whileItLastsOneWaitsAndTheOthersAreRefusedAtOnce() {
    standstill();
    Caller probe = call();
    assertThat(waited(call())).isZero();
    scene.passMillis(100);
    assertThat(waited(call())).isZero();
    assertThat(probe.isWaiting()).isTrue();
    scene.passMillis(150);
    assertThat(waited(probe)).isEqualTo(PATIENCE);
    Caller next = call();
    assertThat(next.isWaiting()).isTrue();
    assertThat(waited(call())).isZero();
  }

  @Test
  void theOneThatWaitsIsServedAndThenOthersMayWaitAgain() {
    List<Lease<SimulatedConnection>> leases = standstill();
    Caller probe = call();
    leases.get(0).close();
    assertThat(probe.isServed()).isTrue();
    Caller one = call();
    Caller two = call();
    assertThat(List.of(one.isWaiting(), two.isWaiting())).containsOnly(true);
    probe.lease().close();
    leases.get(1).close();
    assertThat(List.of(one.isServed(), two.isServed())).containsOnly(true);
  }

  @Test
  void whoComesLongAfterwardsBeginsAnew() {
    standstill();
    scene.pass(PATIENCE.plusMillis(1));
    Caller first = call();
    Caller second = call();
    assertThat(List.of(first.isWaiting(), second.isWaiting())).containsOnly(true);
    scene.pass(PATIENCE);
    assertThat(List.of(waited(first), waited(second))).containsOnly(PATIENCE);
  }

  @Test
  void whereConnectionsComeBackCallersWaitForLongerThanThat() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    Caller first = call();
    Caller second = call();
    scene.passMillis(200);
    leases.get(0).close();
    assertThat(first.isServed()).isTrue();
    scene.passMillis(200);
    assertThat(second.isWaiting()).isTrue();
    leases.get(1).close();
    assertThat(second.isServed()).isTrue();
  }

  @Test
  void itIsCountedFromTheLastThatWasServed() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    call();
    Caller second = call();
    scene.passMillis(200);
    leases.get(0).close();
    scene.passMillis(249);
    assertThat(second.isWaiting()).isTrue();
    scene.passMillis(1);
    assertThat(waited(second)).isEqualTo(Duration.ofMillis(450));
  }

  @Test
  void forWhomAPortWillHaveRestedInTimeWaitsAndTheNextIsToldWhen() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    Caller patient = call();
    Caller hasty = scene.call(pool, TO_ONE, MINUTES);
    Caller none = call();
    scene.pass(PATIENCE);
    assertThat(patient.isWaiting()).isTrue();
    assertThat(List.of(waited(hasty), waited(none))).containsOnly(PATIENCE);
    assertThat(hasty.refusal(PortsExhaustedException.class).retryAfter()).isEmpty();
    scene.pass(HOLD);
    assertThat(patient.isServed()).isTrue();
  }

  @Test
  void whoseDeadlineComesBeforeThatIsToldWhenToComeBack() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    Caller hasty = scene.call(pool, TO_ONE, SECOND);
    scene.pass(PATIENCE);
    PortsExhaustedException refusal = hasty.refusal(PortsExhaustedException.class);
    assertThat(refusal.waited()).isEqualTo(PATIENCE);
    assertThat(refusal.retryAfter().orElseThrow()).isBetween(HOLD.minusSeconds(1), HOLD);
  }

  @Test
  void forWhomAConnectionIsBeingClosedWaits() {
    scene.peer(ONE).farewell(Farewell.KEEPS_OPEN);
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    scene.closeFirst(leases.get(0));
    Caller first = call();
    Caller second = call();
    scene.pass(PATIENCE);
    assertThat(first.isWaiting()).isTrue();
    assertThat(second.refusal(PortsExhaustedException.class)).isNotNull();
    scene.pass(SECOND); // the close timeout, and then a reset
    assertThat(first.isServed()).isTrue();
  }

  @Test
  void forWhomAConnectIsUnderWayWaits() {
    scene.lease(pool, TO_ONE, 1);
    scene.peer(ONE).slow(Duration.ofMillis(500));
    Caller first = call();
    Caller second = call();
    scene.pass(PATIENCE.plusMillis(10));
    assertThat(first.isWaiting()).isTrue();
    assertThat(second.refusal(PortsExhaustedException.class)).isNotNull();
    scene.pass(SECOND);
    assertThat(first.isServed()).isTrue();
  }

  @Test
  void whatIdlesElsewhereServesTheOneThatWaits() {
    scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> elsewhere = scene.lease(pool, TO_ONE_AGAIN);
    Caller caller = call();
    scene.pass(PATIENCE);
    assertThat(waited(caller)).isEqualTo(PATIENCE);
    elsewhere.close(); // it idles for the other destination
    Caller probe = call();
    scene.passMillis(50);
    assertThat(probe.isServed()).isTrue();
  }

  @Test
  void whereAnEndpointMayComeBackCallersWait() {
    scene.lease(pool, TO_ONE, 2);
    scene.peer(OTHER).refuse().refuse().refuse();
    Caller caller = scene.call(pool, TO_BOTH, HOUR);
    scene.passMillis(300);
    assertThat(scene.connector.attempts()).isEqualTo(5);
    assertThat(caller.isWaiting())
        .as("OTHER is down, its first back-off is 400 ms or more")
        .isTrue();
    scene.pass(SECOND);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void withoutPatienceTheDeadlineDecides() {
    ConnectionPool<SimulatedConnection> other = scene.anotherPool();
    scene.lease(other, TO_ONE, 2);
    Caller caller = scene.call(other, TO_ONE, MINUTES);
    scene.pass(MINUTES.minusMillis(1));
    assertThat(caller.isWaiting()).isTrue();
    scene.passMillis(1);
    assertThat(waited(caller)).isEqualTo(MINUTES);
  }
}
