package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters never go back. */
class PoolCountersTest {
  @RegisterExtension final Scene scene = Scene.owned(3);

  /** Looks at the counters just when the pool asks whether a connection is usable. */
  private static final class Unfit extends ForwardingConnector<SimulatedConnection> {
    final List<PoolCounters> seen = new ArrayList<>();
    boolean isFit = true;
    @Nullable ConnectionPool<SimulatedConnection> pool;

    Unfit(Connector<SimulatedConnection> behind) {
      super(behind);
    }

    void look() {
      if (pool != null) {
        seen.add(pool.snapshot().counters());
      }
    }

    @Override
    public boolean isUsable(SimulatedConnection connection) {
      look();
      return isFit && super.isUsable(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, Integer.MAX_VALUE})
  void leasesAreNeverTakenBackWhereAConnectionProvesUnfit(int maxIdle) {
    Unfit connector = new Unfit(scene.connector);
    ConnectionPool<SimulatedConnection> watched =
        scene.pool(connector, settings -> settings.maxIdlePerDestination(maxIdle));
    connector.pool = watched;
    Lease<SimulatedConnection> lease = scene.lease(watched, TO_ONE);
    lease.close();
    lease = Objects.requireNonNull(watched.tryAcquire(TO_ONE));
    lease.close();
    connector.isFit = false;
    assertThat(watched.tryAcquire(TO_ONE)).isNull();
    connector.look();
    connector.isFit = true;
    scene.lease(watched, TO_ONE);
    connector.look();

    assertThat(connector.seen).extracting(PoolCounters::acquired).isSorted().endsWith(3L);
    assertThat(connector.seen).extracting(PoolCounters::reused).isSorted();
  }
}
