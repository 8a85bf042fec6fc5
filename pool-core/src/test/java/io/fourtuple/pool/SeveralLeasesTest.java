package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.testkit.SimulatedConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that carry several leases at once. */
class SeveralLeasesTest {
  @RegisterExtension final Scene scene = Scene.owned(4);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  @BeforeEach
  void threeEach() {
    scene.peer(ONE).allows(3);
    scene.peer(OTHER).allows(3);
  }

  private Lease<SimulatedConnection> take() {
    return Objects.requireNonNull(pool.tryAcquire(TO_ONE), "no free slot");
  }

  private EndpointSnapshot one() {
    return pool.snapshot().destinations().get(0).endpoints().get(0);
  }

  private void assertStands(int idle, int leased, int leases) {
    assertThat(List.of(one().idle(), one().leased(), one().leases()))
        .as("idle, leased, leases")
        .containsExactly(idle, leased, leases);
  }

  // ---- slots

  @Test
  void aFreeSlotIsTakenBeforeAnotherPortIsSpent() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = scene.lease(pool, TO_ONE);
    assertThat(take().connection()).isSameAs(second.connection()).isSameAs(first.connection());
    assertStands(0, 1, 3);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(scene.connector.attempts()).isEqualTo(1);
    assertThat(pool.snapshot().leases()).isEqualTo(3);
  }

  @Test
  void whereAllSlotsAreTakenAnotherConnectionIsOpened() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    List<Lease<SimulatedConnection>> others = List.of(take(), take());
    Lease<SimulatedConnection> more = scene.lease(pool, TO_ONE);
    assertThat(others).extracting(Lease::connection).containsOnly(first.connection());
    assertThat(more.connection()).isNotSameAs(first.connection());
  }

  @Test
  void closingGivesBackOneSlotAndTheLastMakesItIdle() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = take();
    first.close();
    assertStands(0, 1, 1);
    assertThat(second.connection()).isNotNull();
    assertThatThrownBy(first::connection).isInstanceOf(IllegalStateException.class);
    assertThat(first).hasToString(first.toString()).asString().endsWith("closed");
    second.close();
    assertStands(1, 0, 0);
  }

  @Test
  void closingTwiceGivesBackOneSlotOnly() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = take();
    first.close();
    first.close();
    first.discard();
    assertStands(0, 1, 1);
    second.close();
    Lease<SimulatedConnection> third = take();
    second.close();
    second.discard();
    assertThat(third.connection().isOpen()).isTrue();
    assertStands(0, 1, 1);
  }

  @Test
  void aSlotThatIsFreeGoesToWhoWaitsFirst() {
    List<Lease<SimulatedConnection>> all = fill();
    Caller first = scene.call(pool, TO_ONE, SECOND);
    Caller second = scene.call(pool, TO_ONE, SECOND);
    all.get(5).close();
    assertThat(first.isServed()).isTrue();
    assertThat(second.isWaiting()).isTrue();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    all.get(0).close();
    assertThat(second.isServed()).isTrue();
  }

  /** All slots of all ports. */
  private List<Lease<SimulatedConnection>> fill() {
    List<Lease<SimulatedConnection>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(scene.lease(pool, TO_ONE));
    }
    return all;
  }

  @Test
  void anIdleOneIsStartedOnlyWhereNoOneInUseHasRoom() {
    List<Lease<SimulatedConnection>> all = fill();
    all.forEach(Lease::close);
    assertStands(4, 0, 0);
    List<SimulatedConnection> order = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      order.add(take().connection());
    }
    assertThat(order.subList(0, 3)).containsOnly(order.get(0));
    assertThat(order.subList(3, 6)).containsOnly(order.get(3)).doesNotContain(order.get(0));
    assertStands(2, 2, 6);
  }

  @Test
  void theOneWithTheMostLeasesIsFilledFirst() {
    List<Lease<SimulatedConnection>> all = fill();
    SimulatedConnection fuller = all.get(3).connection();
    List.of(0, 1, 3).forEach(i -> all.get(i).close());
    assertThat(take().connection()).isSameAs(fuller);
  }

  // ---- more and fewer

  @Test
  void aRaiseServesWhoWaitsAtOnce() {
    List<Lease<SimulatedConnection>> all = fill();
    List<Caller> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(scene.call(pool, TO_ONE, SECOND));
    }
    all.get(0).connection().allows(5);
    assertThat(waiting).extracting(Caller::isServed).containsExactly(true, true, false);
    waiting.get(2).giveUp();
  }

  @Test
  void aCutLetsWhatIsOutEndAndGivesNoMore() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    List<Lease<SimulatedConnection>> others = List.of(take(), take());
    first.connection().allows(1);
    others.forEach(lease -> assertThat(lease.connection().isOpen()).isTrue());
    others.get(0).close();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    others.get(1).close();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    first.close();
    assertThat(take()).isNotNull();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
  }

  @Test
  void oneThatCarriedOneLeaseMayCarrySeveralLater() {
    scene.peer(ONE).allows(1);
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    first.connection().allows(2);
    Lease<SimulatedConnection> second = take();
    assertThat(second.connection()).isSameAs(first.connection());
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    first.close();
    first.close();
    assertStands(0, 1, 1);
    assertThat(second.connection().isOpen()).isTrue();
    second.close();
    assertStands(1, 0, 0);
  }

  @Test
  void oneOnAShelfMayCarrySeveralLater() {
    scene.peer(ONE).allows(1);
    scene.lease(pool, TO_ONE).close();
    Lease<SimulatedConnection> fromShelf = take();
    SimulatedConnection connection = fromShelf.connection();
    connection.allows(3);
    List<Lease<SimulatedConnection>> others = List.of(take(), take());
    fromShelf.close();
    assertStands(0, 1, 2);
    others.forEach(Lease::close);
    assertStands(1, 0, 0);
    connection.allows(1);
    take().close();
    connection.allows(2);
    assertThat(List.of(take().connection(), take().connection())).containsOnly(connection);
  }

  @Test
  void whoWaitsForOneThatCanCarryNoneIsServedWhenItCan() {
    scene.peer(ONE).allows(0);
    Caller first = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    Caller second = scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(List.of(first, second)).allMatch(Caller::isWaiting);
    assertThat(scene.connector.attempts()).as("one connect for the first").isEqualTo(1);
    assertStands(1, 0, 0);
    scene.connector.connections().get(0).allows(2);
    assertThat(List.of(first, second)).allMatch(Caller::isServed);
    assertThat(one().connecting()).isZero();
    assertThat(one().leases()).isEqualTo(2);
  }

  @Test
  void oneThatCanCarryNoneIsNotLent() {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    lease.connection().allows(0);
    lease.close();
    assertStands(1, 0, 0);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    scene.connector.connections().get(0).allows(1);
    assertThat(take()).isNotNull();
  }

  @Test
  void changesBeforeAndAfterItsLifeAreHarmless() {
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    connection.peerResets();
    connection.allows(7);
    connection.announcesEnd();
    lease.close();
    assertThat(pool.snapshot().leases()).isZero();
  }

  // ---- the end of one

  @Test
  void whatDrainsGetsNoFurtherLeaseAndIsClosedWithTheLast() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = take();
    SimulatedConnection connection = first.connection();
    connection.announcesEnd();
    connection.announcesEnd();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(scene.lease(pool, TO_ONE).connection()).isNotSameAs(connection);
    first.close();
    assertThat(connection.isOpen()).isTrue();
    second.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void whatDrainsWhileItIdlesIsClosedAtOnce() {
    for (int allowed : new int[] {1, 3}) {
      scene.peer(ONE).allows(allowed);
      Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
      SimulatedConnection connection = lease.connection();
      lease.close();
      connection.announcesEnd();
      assertThat(connection.isOpen()).isFalse();
    }
  }

  @Test
  void oneWithOneLeaseDrainsToo() {
    scene.peer(ONE).allows(1);
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    connection.announcesEnd();
    assertThat(connection.isOpen()).isTrue();
    lease.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void discardClosesItWhenTheOthersHaveEnded() {
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = take();
    SimulatedConnection connection = first.connection();
    first.discard();
    assertThat(second.connection().isOpen()).isTrue();
    assertStands(0, 1, 1);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    second.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void whoWaitsGetsAnotherConnectionWhenOneIsDiscarded() {
    List<Lease<SimulatedConnection>> all = fill();
    Caller waiting = scene.call(pool, TO_ONE, SECOND);
    all.subList(0, 3).forEach(Lease::discard);
    scene.passMillis(30);
    assertThat(waiting.isServed()).isTrue();
  }

  @Test
  void theLeasesOfEachEndpointAreTold() {
    List<Lease<SimulatedConnection>> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(scene.lease(pool, TO_BOTH));
    }
    DestinationSnapshot both = pool.snapshot().destinations().get(0);
    assertThat(both.leased()).isEqualTo(2);
    assertThat(both.leases()).isEqualTo(5);
    assertThat(both.endpoints()).allMatch(endpoint -> endpoint.leases() >= endpoint.leased());
    assertThat(both.counters().acquired()).isEqualTo(5);
    assertThat(both.counters().reused()).isEqualTo(3);
    assertThat(all).hasSize(5);
  }
}
