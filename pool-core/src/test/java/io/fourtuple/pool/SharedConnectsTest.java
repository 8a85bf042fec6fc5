package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How many connects callers need whose connections may carry several leases. */
class SharedConnectsTest {
  @RegisterExtension final Scene scene = Scene.owned(8);
  @RegisterExtension final Scene resting = Scene.pinned(2);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  private List<Caller> call(int count) {
    return call(TO_ONE, count, MINUTES);
  }

  private List<Caller> call(Destination to, int count, Duration timeout) {
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      callers.add(scene.call(pool, to, timeout));
    }
    return callers;
  }

  private long attempts() {
    return scene.connector.attempts();
  }

  private void assertServed(List<Caller> callers) {
    assertThat(callers).allMatch(Caller::isServed);
    callers.forEach(caller -> caller.lease().close());
  }

  @Test
  void whileNothingIsKnownOneConnectIsForAll() {
    scene.connector.mayMultiplex(true);
    scene.peer(ONE).allows(100);
    List<Caller> callers = call(5);
    assertThat(attempts()).isEqualTo(1);
    scene.passMillis(10);
    assertThat(attempts()).isEqualTo(1);
    assertServed(callers);
  }

  @Test
  void wherePlainConnectionsTurnOutToBeMadeEachCallerGetsOne() {
    scene.connector.mayMultiplex(true);
    List<Caller> callers = call(5);
    assertThat(attempts()).isEqualTo(1);
    scene.passMillis(10);
    assertThat(attempts()).isEqualTo(5);
    assertServed(callers);
  }

  @Test
  void whatIsExpectedOfTheNextIsWhatTheLastCouldCarry() {
    scene.connector.mayMultiplex(true);
    scene.peer(ONE).allows(3);
    List<Caller> callers = call(8);
    scene.peer(ONE).allows(2);
    scene.passMillis(1);
    assertThat(attempts()).as("two more for five").isEqualTo(3);
    scene.passMillis(10);
    assertThat(attempts()).as("one more for the fifth").isEqualTo(4);
    assertThat(callers).allMatch(Caller::isServed);
    assertThat(pool.snapshot().leases()).isEqualTo(8);
  }

  @Test
  void whereConnectionsAreNotSaidToMultiplexEachCallerHasOneConnectAtFirst() {
    scene.peer(ONE).allows(4);
    List<Caller> callers = call(3);
    assertThat(attempts()).isEqualTo(3);
    scene.passMillis(10);
    assertThat(callers).allMatch(Caller::isServed);
    List<Caller> more = call(11);
    scene.passMillis(10);
    assertThat(attempts()).as("12 slots, then one connect for those left").isEqualTo(4);
    assertThat(more).allMatch(Caller::isServed);
  }

  @Test
  void whereTheConnectFailsAllWhoWaitedForItAreTold() {
    scene.connector.mayMultiplex(true);
    scene.peer(ONE).allows(3).refuse();
    List<Caller> callers = call(3);
    scene.passMillis(10);
    callers.forEach(caller -> caller.refusal(ConnectFailedException.class));
    assertThat(attempts()).isEqualTo(1);
    List<Caller> next = call(3);
    scene.passMillis(10);
    assertServed(next);
  }

  @Test
  void whoCameAfterTheConnectBeganHasAnotherOne() {
    scene.connector.mayMultiplex(true);
    scene.connector.connectTimeout(Duration.ofMillis(50));
    scene.peer(ONE).allows(3).blackhole();
    List<Caller> first = call(2);
    scene.passMillis(10);
    List<Caller> later = call(2);
    scene.passMillis(45);
    first.forEach(caller -> caller.refusal(ConnectFailedException.class));
    scene.passMillis(10);
    assertThat(attempts()).isEqualTo(2);
    assertServed(later);
  }

  @Test
  void ofSeveralConnectsEachThatFailsConcernsItsShare() {
    scene.peer(ONE).allows(2);
    scene.lease(pool, TO_ONE).discard();
    scene.passMillis(30);
    scene.peer(ONE).refuse().accept();
    List<Caller> callers = call(4);
    assertThat(attempts()).isEqualTo(3);
    scene.passMillis(10);
    assertThat(callers).extracting(Caller::isServed).containsExactly(false, false, true, true);
  }

  @Test
  void anotherEndpointIsTriedBeforeAnybodyIsTold() {
    scene.connector.mayMultiplex(true);
    scene.peer(Scene.ONE).allows(9).stop();
    scene.peer(Scene.OTHER).allows(9);
    List<Caller> callers = call(TO_BOTH, 4, MINUTES);
    scene.passMillis(10);
    assertServed(callers);
  }

  @Test
  void aConnectThatIsNotNeededAnyMoreIsNotBegun() {
    scene.peer(ONE).allows(2);
    List<Caller> held = call(1);
    scene.passMillis(10);
    SimulatedConnection connection = held.get(0).lease().connection();
    List<Caller> callers = call(3);
    assertThat(attempts()).isEqualTo(2);
    connection.allows(4);
    scene.passMillis(10);
    assertThat(callers).allMatch(Caller::isServed);
    assertThat(pool.snapshot().idle()).as("the connect that was begun").isEqualTo(1);
  }

  @Test
  void whoWaitsForOneThatCanCarryNoneConnectsWhenItDrains() {
    scene.peer(ONE).allows(1);
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    held.connection().allows(0);
    List<Caller> callers = call(1);
    assertThat(attempts()).isEqualTo(1);
    held.connection().announcesEnd();
    scene.passMillis(10);
    assertThat(attempts()).isEqualTo(2);
    assertServed(callers);
    assertThat(held.connection().isOpen()).isTrue();
  }

  @Test
  void whoeverCanRideOnThePortOfAnotherIsNotRefusedForIt() {
    scene.connector.mayMultiplex(true);
    scene.peer(ONE).allows(8);
    List<Lease<SimulatedConnection>> all = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      all.add(scene.lease(pool, TO_ONE));
    }
    List<Caller> waiting = call(TO_ONE_AGAIN, 3, SECOND);
    all.subList(0, 8).forEach(Lease::close);
    scene.passMillis(30);
    assertServed(waiting);
  }

  @Test
  void whoRidesOnThePortOfAnotherNeedNotWaitForItsOwn() {
    ConnectionPool<SimulatedConnection> rested = resting.pool();
    resting.peer(ONE).allows(3);
    List<Lease<SimulatedConnection>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(resting.lease(rested, TO_ONE));
    }
    all.subList(0, 3).forEach(Lease::discard);
    resting.pass(Duration.ofSeconds(30));
    all.get(3).discard();
    resting.pass(SECOND);
    Duration patience = Duration.ofSeconds(50);
    List<Caller> callers =
        List.of(resting.call(rested, TO_ONE, patience), resting.call(rested, TO_ONE, patience));
    assertThat(callers).as("one port in 35 s, the other in 65 s").allMatch(Caller::isWaiting);
    resting.pass(Duration.ofSeconds(40));
    assertServed(callers);
  }
}
