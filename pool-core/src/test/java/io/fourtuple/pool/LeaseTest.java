package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.testkit.SimulatedConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LeaseTest {
  @RegisterExtension final Scene scene = Scene.owned(20);

  @Test
  void aDiscardedConnectionIsNotUsedAgain() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = lease.connection();
    lease.discard();
    assertThat(connection.isOpen()).isFalse();
    assertThat(pool.snapshot().leased() + pool.snapshot().idle()).isZero();
  }

  @Test
  void aStaleLeaseNeverTouchesTheNextOne() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    Lease<SimulatedConnection> stale = scene.lease(pool, TO_ONE);
    stale.close();
    Lease<SimulatedConnection> next = scene.lease(pool, TO_ONE);
    stale.close();
    stale.discard();
    assertThat(next.connection().isOpen()).isTrue();
    assertThat(pool.snapshot().leased()).isEqualTo(1);
    assertThatThrownBy(stale::connection)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching(
            "lease is closed: 10\\.0\\.0\\.5:20\\d\\d\\d to 203\\.0\\.113\\.7:443 \\(ESTABLISHED\\)");
    assertThat(stale).hasToString("lease of " + next.connection().reservation() + ", closed");
  }
}
