package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which connections are kept, for how long, and which of them is given next. */
class IdleConnectionsTest {
  @RegisterExtension final Scene scene = Scene.owned(20);

  private static List<SimulatedConnection> connectionsOf(List<Lease<SimulatedConnection>> leases) {
    return leases.stream().map(Lease::connection).toList();
  }

  // ---- which

  @Test
  void theMostRecentlyUsedIsGivenFirst() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 3);
    List<SimulatedConnection> connections = connectionsOf(leases);
    leases.get(1).close();
    leases.get(2).close();
    leases.get(0).close();
    assertThat(scene.call(pool, TO_ONE, SECOND).lease().connection()).isSameAs(connections.get(0));
    assertThat(scene.call(pool, TO_ONE, SECOND).lease().connection()).isSameAs(connections.get(2));
    assertThat(scene.call(pool, TO_ONE, SECOND).lease().connection()).isSameAs(connections.get(1));
  }

  @Test
  void oneOnTheCallersOwnEventLoopIsPreferred() {
    Loops loops = new Loops(scene.connector);
    ConnectionPool<SimulatedConnection> pool = scene.pool(loops, settings -> settings);
    loops.ofNext = "loop 2";
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection onLoop2 = lease.connection();
    loops.ofNext = "loop 1";
    List<Lease<SimulatedConnection>> onLoop1 = scene.lease(pool, TO_ONE, 2);
    lease.close();
    onLoop1.forEach(Lease::close);
    loops.current = "loop 2";
    assertThat(scene.call(pool, TO_ONE, SECOND).lease().connection()).isSameAs(onLoop2);
  }

  @Test
  void oneOnAnotherEventLoopIsBetterThanANewOne() {
    Loops loops = new Loops(scene.connector);
    ConnectionPool<SimulatedConnection> pool = scene.pool(loops, settings -> settings);
    scene.lease(pool, TO_ONE).close();
    loops.current = "another loop";
    assertThat(scene.call(pool, TO_ONE, SECOND).isServed()).isTrue();
    assertThat(scene.connector.attempts()).isEqualTo(1);
  }

  @Test
  void oneThatIsNoLongerUsableIsPassedOver() {
    Set<SimulatedConnection> spoilt = new HashSet<>();
    ConnectionPool<SimulatedConnection> pool = scene.pool(new Judge(spoilt), settings -> settings);
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 3);
    List<SimulatedConnection> connections = connectionsOf(leases);
    leases.forEach(Lease::close);
    spoilt.addAll(connections.subList(1, 3));
    assertThat(scene.call(pool, TO_ONE, SECOND).lease().connection()).isSameAs(connections.get(0));
    assertThat(connections.get(1).isOpen()).isFalse();
    assertThat(connections.get(2).isOpen()).isFalse();
  }

  @Test
  void whereNoneIsUsableANewOneIsOpened() {
    Set<SimulatedConnection> spoilt = new HashSet<>();
    ConnectionPool<SimulatedConnection> pool = scene.pool(new Judge(spoilt), settings -> settings);
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection old = lease.connection();
    lease.close();
    spoilt.add(old);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(scene.lease(pool, TO_ONE).connection()).isNotSameAs(old);
  }

  @Test
  void oneThatIsUnusableWhenReturnedIsClosed() {
    Set<SimulatedConnection> spoilt = new HashSet<>();
    ConnectionPool<SimulatedConnection> pool = scene.pool(new Judge(spoilt), settings -> settings);
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    spoilt.add(connection);
    lease.close();
    assertThat(connection.isOpen()).isFalse();
    assertThat(pool.snapshot().idle()).isZero();
  }

  private final class Judge extends ForwardingConnector<SimulatedConnection> {
    private final Set<SimulatedConnection> spoilt;

    Judge(Set<SimulatedConnection> spoilt) {
      super(scene.connector);
      this.spoilt = spoilt;
    }

    @Override
    public boolean isUsable(SimulatedConnection connection) {
      return super.isUsable(connection) && !spoilt.contains(connection);
    }
  }

  // ---- how many, how long, how often

  @Test
  void noMoreIdleThanMay() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxIdlePerDestination(2));
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 3);
    List<SimulatedConnection> connections = connectionsOf(leases);
    leases.forEach(Lease::close);
    assertThat(pool.snapshot().idle()).isEqualTo(2);
    assertThat(connections.get(0).isOpen()).as("the one that idled longest").isFalse();
  }

  @Test
  void whereNoneMayIdleEachIsUsedOnce() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxIdlePerDestination(0));
    scene.lease(pool, TO_ONE).close();
    assertThat(pool.snapshot().idle()).isZero();
    assertThat(scene.connector.connections()).isEmpty();
  }

  @Test
  void oneThatHasIdledLongEnoughIsClosed() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxIdleTime(Duration.ofSeconds(10)));
    scene.lease(pool, TO_ONE).close();
    scene.pass(Duration.ofMillis(9_900));
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    scene.pass(Duration.ofMillis(1_100));
    assertThat(pool.snapshot().idle()).isZero();
  }

  @Test
  void useBeginsTheIdleTimeAnew() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxIdleTime(Duration.ofSeconds(10)));
    scene.lease(pool, TO_ONE).close();
    for (int i = 0; i < 5; i++) {
      scene.pass(Duration.ofSeconds(8));
      scene.lease(pool, TO_ONE).close();
    }
    assertThat(scene.connector.attempts()).isEqualTo(1);
  }

  @Test
  void lifetimesEndOneAfterAnotherInTheirLastTenth() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(
            settings ->
                settings.maxLifetime(Duration.ofSeconds(100)).maxIdleTime(Duration.ofDays(1)));
    scene.lease(pool, TO_ONE, 20).forEach(Lease::close);
    scene.pass(Duration.ofMillis(89_900));
    assertThat(reusable(pool)).isEqualTo(20);
    scene.pass(Duration.ofSeconds(5));
    assertThat(reusable(pool)).isBetween(2, 18);
    scene.pass(Duration.ofSeconds(6));
    assertThat(reusable(pool)).isZero();
  }

  private static int reusable(ConnectionPool<SimulatedConnection> pool) {
    Set<Lease<SimulatedConnection>> leases = new HashSet<>();
    Lease<SimulatedConnection> next;
    while ((next = pool.tryAcquire(TO_ONE)) != null) {
      leases.add(next);
    }
    leases.forEach(Lease::close);
    return leases.size();
  }

  @Test
  void oneThatIsInUseLivesUntilItIsReturned() {
    ConnectionPool<SimulatedConnection> pool =
        scene.pool(settings -> settings.maxLifetime(Duration.ofSeconds(10)));
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    scene.pass(MINUTES);
    assertThat(connection.isOpen()).isTrue();
    lease.close();
    assertThat(connection.isOpen()).isFalse();
  }

  @Test
  void oneThatWasUsedOftenEnoughIsClosed() {
    ConnectionPool<SimulatedConnection> pool = scene.pool(settings -> settings.maxUses(2));
    scene.lease(pool, TO_ONE).close();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    scene.lease(pool, TO_ONE).close();
    assertThat(pool.snapshot().idle()).isZero();
    assertThat(scene.connector.connections()).isEmpty();
  }

  // ---- what the peer does

  @Test
  void oneThatThePeerClosesWhileItIdlesIsForgotten() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.lease(pool, TO_ONE).close();
    scene.peer(ONE).closeAll();
    scene.passMillis(10);
    assertThat(pool.snapshot().idle()).isZero();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(scene.lease(pool, TO_ONE).connection().isOpen()).isTrue();
  }

  @Test
  void unexpectedBytesEndAnIdleConnection() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    lease.close();
    connection.peerSends();
    assertThat(pool.snapshot().idle()).isZero();
  }

  @Test
  void bytesForACallerAreNotUnexpected() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    lease.connection().peerSends();
    lease.close();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  @Test
  void oneThatEndsWhileItIsInUseIsGone() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    lease.connection().peerResets();
    assertThat(pool.snapshot().leased()).isZero();
    lease.close();
    assertThat(pool.snapshot().idle()).isZero();
    scene.passMillis(20);
    assertThat(scene.census().used()).isZero();
  }
}
