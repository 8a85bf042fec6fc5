package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.LedgerRig.Demand;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Looking without gating, and the change between the two while the program runs. */
class LedgerObserveTest {
  private final LedgerRig rig =
      new LedgerRig(
          HostLimits.linuxDefaults(), builder -> builder.enforcement(Enforcement.OBSERVE));
  private final Route route = route("40000-40001", PortSelection.OWNED);

  @Test
  void bindsNothingAndPicksNothing() {
    PortReservation reservation = rig.reserve(route);

    assertThat(reservation.binds()).isFalse();
    assertThat(reservation.port()).isZero();
    assertThat(rig.ledger.enforcement()).isSameAs(Enforcement.OBSERVE);
  }

  @Test
  void refusesNobodyAndCountsWhoWouldHaveBeen() {
    for (int i = 0; i < 5; i++) {
      rig.connectedOn(50_000 + i, route);
    }

    assertThat(rig.census(route).established()).isEqualTo(5);
    assertThat(rig.ledger.stats().reserved()).isEqualTo(5);
    assertThat(rig.ledger.stats().overdrawn()).isEqualTo(3);
  }

  @Test
  void countsWhatThePortsOfTheSourceDo() {
    rig.connectedOn(40_000, route).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    assertThat(rig.census(route).timeWait()).isEqualTo(1);
  }

  @Test
  void lettingGoOfTheGateServesWhoWaits() {
    rig.ledger.enforcement(Enforcement.ENFORCE);
    rig.fill(route);
    Demand demand = rig.waiting(route);

    rig.ledger.enforcement(Enforcement.OBSERVE);

    assertThat(demand.granted).hasSize(1);
    assertThat(demand.granted.get(0).binds()).isFalse();
  }

  @Test
  void closingTheGateCountsWhatWasObserved() {
    PortReservation first = rig.connectedOn(50_000, route);
    rig.connectedOn(50_001, route);
    rig.connectedOn(50_002, route);

    rig.ledger.enforcement(Enforcement.ENFORCE);

    assertThat(rig.tryReserve(route)).isNull();
    first.settle(Ending.RESET);
    assertThat(rig.tryReserve(route)).as("still as many as there are ports").isNull();
    assertThat(rig.census(route).established()).isEqualTo(2);
  }

  /** Else a pool whose connects the kernel refuses would ask again at once, over and over. */
  @Test
  void aRouteThatRestsAfterRefusalsOfTheKernelGivesNothingUntilTheRestIsOver() {
    rig.reserve(route).settle(Ending.PORT_TAKEN);
    rig.ledger.coolDown(route);

    assertThat(rig.tryReserve(route)).isNull();
    Demand demand = rig.waiting(route);
    rig.pass(Duration.ofMillis(250));

    assertThat(demand.granted).hasSize(1);
    assertThat(demand.granted.get(0).binds()).isFalse();
  }
}
