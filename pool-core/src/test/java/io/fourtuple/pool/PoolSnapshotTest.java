package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.OTHER;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_BOTH;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PoolSnapshotTest {
  @RegisterExtension final Scene scene = Scene.owned(3);

  private final ConnectionPool<SimulatedConnection> pool = scene.pool();

  @Test
  void aNewPoolIsEmpty() {
    assertThat(pool.snapshot()).isEqualTo(new PoolSnapshot(List.of(), PoolCounters.NONE, Set.of()));
  }

  @Test
  void itTellsEveryStateOfEveryEndpoint() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    leases.get(0).close();
    leases.get(1).close();
    scene.call(pool, TO_ONE, MINUTES);
    scene.call(pool, TO_ONE, MINUTES);
    scene.peer(ONE).slow(SECOND);
    scene.call(pool, TO_ONE, MINUTES);
    scene.call(pool, TO_ONE, MINUTES);
    DestinationSnapshot one = pool.snapshot().destinations().get(0);
    assertThat(one.destination()).isEqualTo(TO_ONE);
    assertThat(one.waiting()).isEqualTo(2);
    assertThat(one.endpoints())
        .containsExactly(new EndpointSnapshot(ONE, 0, 2, 2, 1, 0, false, false));
  }

  @Test
  void endpointsAreInOrder() {
    scene.peer(ONE).stop();
    scene.lease(pool, TO_BOTH, 3).get(0).close();
    DestinationSnapshot both = pool.snapshot().destinations().get(0);
    assertThat(both.endpoints()).extracting(EndpointSnapshot::endpoint).containsExactly(ONE, OTHER);
    assertThat(both.endpoints().get(1))
        .isEqualTo(new EndpointSnapshot(OTHER, 1, 2, 2, 0, 0, false, false));
    assertThat(both.endpoints().get(0).failures()).isPositive();
  }

  @Test
  void sumsAreThoseOfTheDestinations() {
    scene.lease(pool, TO_ONE, 2).get(0).close();
    scene.lease(pool, Destination.of(OTHER), 3).get(0).close();
    scene.peer(OTHER).slow(SECOND);
    scene.call(pool, Destination.of(OTHER), SECOND);
    scene.call(pool, Destination.of(OTHER), SECOND);
    PoolSnapshot snapshot = pool.snapshot();
    assertThat(snapshot.destinations()).hasSize(2);
    assertThat(snapshot.idle()).isEqualTo(1);
    assertThat(snapshot.leased()).isEqualTo(4);
    assertThat(snapshot.connecting()).isZero();
    assertThat(snapshot.waiting()).isEqualTo(1);
  }

  @Test
  void eachEventIsCountedOnce() {
    scene.peer(ONE).addressInUse().refuse();
    scene.call(pool, TO_ONE, SECOND);
    scene.passMillis(10);
    scene.lease(pool, TO_ONE).close();
    scene.lease(pool, TO_ONE).close();
    scene.peer(ONE).blackhole();
    scene.lease(pool, TO_ONE);
    scene.call(pool, TO_ONE, Duration.ofMillis(10));
    scene.passMillis(10);
    assertThat(pool.snapshot().counters()).isEqualTo(new PoolCounters(3, 2, 1, 1, 1, 0, 2, 0));
  }

  @Test
  void whatIsAcquiredIsOpenedOrReused() {
    for (int i = 0; i < 10; i++) {
      scene.lease(pool, TO_BOTH, 3).forEach(i % 3 == 0 ? Lease::discard : Lease::close);
      scene.passMillis(20);
    }
    PoolCounters counters = pool.snapshot().counters();
    assertThat(counters.acquired()).isEqualTo(30);
    assertThat(counters.opened() + counters.reused()).isEqualTo(30);
  }

  @Test
  void countersAddUp() {
    PoolCounters counters = new PoolCounters(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(counters.plus(counters)).isEqualTo(new PoolCounters(2, 4, 6, 8, 10, 12, 14, 16));
    assertThat(PoolCounters.NONE.plus(counters)).isEqualTo(counters);
  }
}
