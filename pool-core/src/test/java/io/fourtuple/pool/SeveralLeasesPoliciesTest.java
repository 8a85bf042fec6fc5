package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds for all connections holds for those with several leases. */
class SeveralLeasesPoliciesTest {
  @RegisterExtension final Scene scene = Scene.owned(4);

  @BeforeEach
  void threeEach() {
    scene.peer(ONE).allows(3);
  }

  /** All slots of all ports. */
  private List<Lease<SimulatedConnection>> fill(ConnectionPool<SimulatedConnection> pool) {
    List<Lease<SimulatedConnection>> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      all.add(scene.lease(pool, TO_ONE));
    }
    return all;
  }

  @Test
  void onLeaseAndOnReturnAreCalledOncePerLease() {
    List<String> calls = new ArrayList<>();
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(new ProbingConnector(scene.connector, calls::add), s -> s);
    List<Lease<SimulatedConnection>> all =
        List.of(scene.lease(pool, TO_ONE), scene.lease(pool, TO_ONE));
    all.forEach(Lease::close);
    all.forEach(Lease::close);
    assertThat(calls.stream().filter("onLease"::equals)).hasSize(2);
    assertThat(calls.stream().filter("onReturn"::equals)).hasSize(2);
  }

  @Test
  void maxUsesCountsLeases() {
    ConnectionPool<SimulatedConnection> pool = scene.pool(s -> s.maxUses(2));
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = scene.lease(pool, TO_ONE);
    assertThat(second.connection()).isSameAs(first.connection());
    SimulatedConnection connection = first.connection();
    Lease<SimulatedConnection> third = scene.lease(pool, TO_ONE);
    assertThat(third.connection()).isNotSameAs(connection);
    first.close();
    assertThat(connection.isOpen()).isTrue();
    second.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void whatHasLivedLongEnoughGetsNoFurtherLease() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(s -> s.maxLifetime(Duration.ofSeconds(10)).maxIdleTime(Duration.ofSeconds(5)));
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = first.connection();
    scene.pass(Duration.ofSeconds(9));
    assertThat(scene.lease(pool, TO_ONE).connection()).isSameAs(connection);
    scene.pass(Duration.ofSeconds(2));
    assertThat(scene.lease(pool, TO_ONE).connection()).isNotSameAs(connection);
    assertThat(connection.isOpen()).isTrue();
  }

  @Test
  void itIdlesOutOnlyWhereNoLeaseIsOut() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(s -> s.maxIdleTime(Duration.ofSeconds(5)));
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = first.connection();
    first.close();
    scene.pass(Duration.ofSeconds(20));
    assertThat(connection.isOpen()).isTrue();
    second.close();
    scene.pass(Duration.ofSeconds(6));
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void closingThePoolWaitsForTheLastLease() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = scene.lease(pool, TO_ONE);
    var gone = pool.close(Duration.ofSeconds(5));
    first.close();
    assertThat(second.connection().isOpen()).isTrue();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    second.close();
    scene.passMillis(10);
    assertThat(gone).isDone();
  }

  @Test
  void whatIsOutAfterTheDrainIsCut() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = scene.lease(pool, TO_ONE).connection();
    var gone = pool.close(Duration.ofSeconds(5));
    scene.pass(Duration.ofSeconds(6));
    assertThat(connection.isOpen()).isFalse();
    assertThat(gone).isDone();
    first.close();
    assertThat(pool.snapshot().leases()).isZero();
  }

  @Test
  void itIsGivenUpForOthersOnlyWhereNoLeaseIsOut() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> all = fill(pool);
    Caller other = scene.call(pool, TO_ONE_AGAIN, MINUTES);
    all.subList(0, 2).forEach(Lease::close);
    scene.passMillis(100);
    assertThat(other.isWaiting()).isTrue();
    all.get(2).close();
    scene.passMillis(30);
    assertThat(other.isServed()).isTrue();
  }

  @Test
  void itGoesToOthersThatHaveWaitedLongerThanWhoWaitsHere() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> all = fill(pool);
    Caller other = scene.call(pool, TO_ONE_AGAIN, MINUTES);
    all.subList(0, 2).forEach(Lease::close);
    scene.passMillis(100);
    List<Caller> here = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      here.add(scene.call(pool, TO_ONE, MINUTES));
    }
    assertThat(here).extracting(Caller::isServed).containsExactly(true, true, false);
    here.get(0).lease().close();
    assertThat(here.get(2).isServed()).isTrue();
    Caller last = scene.call(pool, TO_ONE, MINUTES);
    here.get(1).lease().close();
    assertThat(last.isServed()).isTrue();
    assertThat(other.isWaiting()).isTrue();
    List.of(all.get(2), here.get(2).lease(), last.lease()).forEach(Lease::close);
    scene.passMillis(30);
    assertThat(other.isServed()).isTrue();
  }

  @Test
  void whereItsSourceIsGoneItGetsNoFurtherLease() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = first.connection();
    scene.host.kernel().removeAddress(scene.sources.get(0).address());
    Caller probe = scene.call(pool, TO_ONE_AGAIN, Duration.ofMillis(10));
    scene.passMillis(20);
    assertThat(probe.isServed()).isFalse();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    second.close();
    assertThat(connection.isOpen()).isTrue();
    first.close();
    assertThat(connection.isOpen()).isFalse();
    scene.host.kernel().addAddress(scene.sources.get(0).address());
  }

  @Test
  void connectionsOpenedAheadAreFilledOneAfterAnother() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(s -> s.minIdlePerDestination(2).warmUpPace(2, Duration.ofMillis(1)));
    var warm = pool.warmUp(TO_ONE);
    scene.pass(Duration.ofSeconds(1));
    assertThat(warm).isDone();
    assertThat(pool.snapshot().idle()).isEqualTo(2);
    List<Lease<SimulatedConnection>> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(scene.lease(pool, TO_ONE));
    }
    assertThat(all.get(0).connection())
        .isSameAs(all.get(1).connection())
        .isSameAs(all.get(2).connection());
    scene.pass(Duration.ofSeconds(3));
    assertThat(pool.snapshot().idle()).as("kept idle beside the one in use").isEqualTo(2);
  }

  @Test
  void atMostSoManyIdle() {
    ConnectionPool<SimulatedConnection> pool = scene.pool(s -> s.maxIdlePerDestination(1));
    fill(pool).forEach(Lease::close);
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    assertThat(pool.snapshot().leases()).isZero();
  }

  @Test
  void aConnectorThatFailsToSayIsTakenToMakePlainConnections() {
    ConnectionPool<SimulatedConnection> broken =
        scene.pool(
            new ForwardingConnector<>(scene.connector) {
              @Override
              public boolean mayMultiplex(Destination destination) {
                throw new IllegalStateException("scripted");
              }

              @Override
              public int maxLeases(SimulatedConnection connection) {
                throw new IllegalStateException("scripted");
              }
            },
            settings -> settings);
    Caller one = scene.call(broken, TO_ONE, SECOND);
    Caller other = scene.call(broken, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(one.lease().connection()).isNotSameAs(other.lease().connection());
  }

  @Test
  void aConnectionThatTheConnectorFindsUnusableIsNotLentFurther() {
    List<SimulatedConnection> unusable = new ArrayList<>();
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(
            new ForwardingConnector<>(scene.connector) {
              @Override
              public boolean isUsable(SimulatedConnection connection) {
                return !unusable.contains(connection) && super.isUsable(connection);
              }
            },
            settings -> settings);
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = first.connection();
    unusable.add(connection);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(connection.isOpen()).isTrue();
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(1);
    first.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void aConnectorThatThrowsAtALeaseCostsTheConnectionButNotTheOthers() {
    List<SimulatedConnection> broken = new ArrayList<>();
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(
            new ForwardingConnector<>(scene.connector) {
              @Override
              public void onLease(SimulatedConnection connection) {
                if (broken.contains(connection)) {
                  throw new IllegalStateException("scripted");
                }
                super.onLease(connection);
              }
            },
            settings -> settings);
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = first.connection();
    broken.add(connection);
    assertThat(scene.lease(pool, TO_ONE).connection()).isNotSameAs(connection);
    assertThat(connection.isOpen()).isTrue();
    first.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void anOlderAnswerThatComesLastDoesNotHold() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(
            new ForwardingConnector<>(scene.connector) {
              @Override
              public int maxLeases(SimulatedConnection connection) {
                int answer = super.maxLeases(connection);
                if (answer > 3 && answer < 6) {
                  connection.allows(answer + 1); // while the one who asked is on his way
                }
                return answer;
              }
            },
            settings -> settings);
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    first.connection().allows(4);
    List<Lease<SimulatedConnection>> others = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      others.add(scene.lease(pool, TO_ONE));
    }
    assertThat(others).extracting(Lease::connection).containsOnly(first.connection());
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
  }
}
