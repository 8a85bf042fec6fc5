package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.fourtuple.host.HostPorts;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortOutlook;
import io.fourtuple.port.PortSet;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nonsense is refused by name, and loses nothing. */
class BadInputTest {
  @RegisterExtension final Scene scene = Scene.owned(2);

  @Test
  void aPoolThatIsClosedWithNonsenseStaysOpen() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();

    assertThatNullPointerException()
        .isThrownBy(() -> pool.close(null))
        .withMessage("drain must not be null");

    scene.lease(pool, TO_ONE).close();
    assertThat(pool.snapshot().idle()).isEqualTo(1);
  }

  @Test
  void anAcquireWithoutCallbackTakesNoConnection() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    scene.lease(pool, TO_ONE).close();

    assertThatNullPointerException()
        .isThrownBy(() -> pool.acquire(TO_ONE, SECOND, null))
        .withMessage("callback must not be null");

    assertThat(pool.snapshot().leased()).isZero();
  }

  @Test
  void buildersRefuseNothingAsASetting() {
    assertThatNullPointerException()
        .isThrownBy(() -> ConnectionPool.builder(null))
        .withMessage("connector must not be null");
    ConnectionPoolBuilder<SimulatedConnection> pool = ConnectionPool.builder(scene.connector);
    assertThatNullPointerException()
        .isThrownBy(() -> pool.listener(null))
        .withMessage("listener must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> pool.leakDetection(null))
        .withMessage("leakDetection must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> pool.resolver(null))
        .withMessage("resolver must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> pool.maxIdleTime(null))
        .withMessage("maxIdleTime must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> HostPorts.builder().sourcesIn(null))
        .withMessage("sourcesIn must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> PortLedger.create(null))
        .withMessage("limits must not be null");
    assertThatNullPointerException()
        .isThrownBy(() -> PortLedger.builder(HostLimits.linuxDefaults()).rest(null))
        .withMessage("rest must not be null");
  }

  @Test
  void aLedgerIsNotTurnedIntoNothing() {
    PortLedger ledger = scene.connector.ledger();

    assertThatNullPointerException().isThrownBy(() -> ledger.enforcement(null));
    assertThatNullPointerException().isThrownBy(() -> ledger.addHolder(null));
    assertThatNullPointerException().isThrownBy(() -> ledger.reconciler(null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ledger.tryReserve(List.of()))
        .withMessage("routes must not be empty");

    assertThat(ledger.enforcement()).isNotNull();
    assertThat(ledger.stats().faults()).isZero();
  }

  @Test
  void valuesSayWhatTheyWant() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Destination.of(" ", Endpoint.of("10.0.0.1", 80)))
        .withMessage("name must not be blank, was \" \"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of("010.0.0.1", 80))
        .withMessageContaining("was \"010.0.0.1\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PortOutlook(false, List.of()).untilFree(-1))
        .withMessage("ahead must be >= 0, was -1");
    HostLimits limits = HostLimits.linuxDefaults();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new HostLimits(
                    limits.ephemeral(),
                    PortSet.empty(),
                    TimeWaitReuse.NEVER,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(-1),
                    true))
        .withMessage("finTimeout must not be negative, was PT-1S");
  }
}
