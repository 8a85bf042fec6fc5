package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ports that the kernel picks, and what its refusals teach about how many there are. */
class LedgerPermitTest {
  private static final int PORT = 40_000;

  private final LedgerRig rig = new LedgerRig();

  @Test
  void aPermitGetsThePortThatTheKernelPicked() {
    Route route = route("40000-40063", PortSelection.KERNEL);
    PortReservation permit = rig.connecting(route);
    assertThat(permit.port()).isZero();

    permit.established(40_017);

    assertThat(permit.port()).isEqualTo(40_017);
    permit.settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);
    assertThat(rig.census(route).timeWait()).isEqualTo(1);
  }

  @Test
  void aPermitTakesAPortThatWasBelievedToRest() {
    Route route = route("40000", PortSelection.KERNEL);
    Route pinnedThere = route("40000", PortSelection.PINNED);
    rig.connectedOn(PORT, route).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);
    assertThat(rig.tryReserve(route)).isNull();
    LedgerRig observing = new LedgerRig(HostLimits.linuxDefaults());
    observing.ledger.enforcement(Enforcement.OBSERVE);
    observing.connectedOn(PORT, pinnedThere).settle(Ending.LOCAL_CLOSED_FIRST);
    observing.pass(REST);
    assertThat(observing.census(pinnedThere).timeWait()).isEqualTo(1);

    observing.connectedOn(PORT, pinnedThere); // the kernel knew better

    assertThat(observing.census(pinnedThere).timeWait()).isZero();
    assertThat(observing.census(pinnedThere).established()).isEqualTo(1);
  }

  @Test
  void aPermitOutsideThePortsOfItsSourceIsCountedAndLeavesNothingBehind() {
    Route route = route("40000-40001", PortSelection.KERNEL);
    PortReservation permit = rig.connectedOn(50_000, route);
    assertThat(rig.census(route).established()).isEqualTo(1);

    permit.settle(Ending.LOCAL_CLOSED_FIRST);

    assertThat(permit.port()).isEqualTo(50_000);
    assertThat(rig.census(route).used()).isZero();
  }

  @Test
  void aRefusedPermitLowersTheBeliefToWhatIsInUseAndItRecoversSlowly() {
    Route route = route("40000-40127", PortSelection.KERNEL); // 2 ports a second
    for (int i = 0; i < 10; i++) {
      rig.connectedOn(40_000 + i, route);
    }

    rig.refused(Ending.TUPLE_TAKEN, route);

    assertThat(rig.census(route).capacity()).isEqualTo(10);
    assertThat(rig.tryReserve(route)).isNull();
    rig.passMillis(999);
    assertThat(rig.tryReserve(route)).isNull();
    rig.passMillis(1);
    assertThat(rig.census(route).capacity()).isEqualTo(12);
    rig.passSeconds(57);
    assertThat(rig.census(route).capacity()).isEqualTo(126);
    rig.passSeconds(1);
    assertThat(rig.fill(route)).hasSize(118);
  }

  @Test
  void theBeliefRecoversAtOnceWhereTheKernelGivesMoreAgain() {
    Route route = route("40000-40127", PortSelection.KERNEL);
    for (int i = 0; i < 10; i++) {
      rig.connectedOn(40_000 + i, route);
    }
    rig.refused(Ending.TUPLE_TAKEN, route);
    rig.passSeconds(1);

    List<Integer> capacities = new ArrayList<>();
    for (int i = 10; i < 128; i++) {
      rig.connectedOn(40_000 + i, route);
      capacities.add(rig.census(route).capacity());
    }
    assertThat(capacities.subList(0, 8)).containsExactly(12, 14, 16, 18, 20, 22, 24, 26);
    assertThat(capacities).endsWith(128, 128);
  }

  @Test
  void theBeliefStaysWhereTheKernelGivesNoMoreThanBefore() {
    Route route = route("40000-40127", PortSelection.KERNEL);
    for (int i = 0; i < 9; i++) {
      rig.connectedOn(40_000 + i, route);
    }
    PortReservation last = rig.connectedOn(40_009, route);
    rig.refused(Ending.TUPLE_TAKEN, route);
    last.settle(Ending.RESET);
    rig.passMillis(20);
    rig.connectedOn(40_009, route);

    assertThat(rig.census(route).capacity()).isEqualTo(10);
    assertThat(rig.tryReserve(route)).isNull();
  }

  @Test
  void aPermitThatCannotBeBoundLowersTheBeliefToo() {
    Route route = route("40000-40127", PortSelection.KERNEL);
    rig.connectedOn(PORT, route);

    rig.refused(Ending.PORT_TAKEN, route);

    assertThat(rig.census(route).capacity()).isEqualTo(1);
  }
}
