package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.KernelSocket.Kind;
import io.fourtuple.port.LedgerRig.Demand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ports of which nobody has seen who closed first, where somebody reads the kernel's table. */
class LedgerDoubtTest {
  private static final int PORT = 40_000;

  private final LedgerRig rig = new LedgerRig();
  private final Route pinned = route("40000", PortSelection.PINNED);
  private final List<String> asked = new ArrayList<>();

  @BeforeEach
  void somebodyReadsTheTable() {
    rig.ledger.reconciler(() -> asked.add("now"));
  }

  private Demand waiting() {
    Demand demand = new Demand(rig.time.read(), pinned);
    assertThat(rig.ledger.reserveOrWait(demand)).isNull();
    return demand;
  }

  private PortOutlook outlook(LedgerRig of) {
    return of.ledger.outlook(List.of(pinned), 1);
  }

  private Demand waitingAfter(Ending ending) {
    rig.connected(pinned).settle(ending);
    rig.passMillis(20);
    Demand demand = waiting();
    asked.clear();
    return demand;
  }

  @Test
  void theTableIsAskedForAtOnceAndAgainWhileSomebodyWaits() {
    PortReservation reservation = rig.connected(pinned);
    asked.clear();
    reservation.settle(Ending.UNKNOWN);
    assertThat(asked).hasSize(1);
    waiting();
    rig.passSeconds(1);

    assertThat(asked).hasSizeGreaterThan(1);
  }

  @Test
  void aPortThatTheKernelHasLetGoGoesToWhoeverWaits() {
    Demand demand = waitingAfter(Ending.UNKNOWN);
    assertThat(outlook(rig).live()).isTrue();

    rig.reconcile();

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void aPortThatTheKernelShowsInTimeWaitIsWaitedForInVain() {
    Demand demand = waitingAfter(Ending.UNKNOWN);
    assertThat(demand.reconsidered).isZero();

    rig.reconcile(socket(PORT, Kind.TIME_WAIT));

    assertThat(demand.granted).isEmpty();
    assertThat(demand.reconsidered).isPositive();
    assertThat(outlook(rig).live()).isFalse();
    assertThat(outlook(rig).expiries()).hasSize(1);
  }

  @Test
  void aTableThatWasReadBeforeTheRestBeganProvesNothing() {
    rig.connected(pinned).settle(Ending.UNKNOWN);
    rig.reconcile(socket(PORT, Kind.CLOSING));
    rig.passMillis(20);

    assertThat(outlook(rig).live()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"LOCAL_CLOSED_FIRST", "ORPHANED", "VANISHED"})
  void thereIsNoDoubtWhereSomebodyHasSeenTheEnd(Ending ending) {
    waitingAfter(ending);

    assertThat(outlook(rig).live()).isFalse();
  }

  @Test
  void thereIsNoDoubtWhereNobodyReadsTheTable() {
    LedgerRig without = new LedgerRig();
    without.connected(pinned).settle(Ending.UNKNOWN);
    without.passMillis(20);

    assertThat(outlook(without).live()).isFalse();
    assertThat(outlook(without).expiries()).hasSize(1);
  }

  /** Our FIN may be unanswered: the kernel refuses what is not in TIME_WAIT yet. */
  @Test
  void anOwnedPortIsNotTakenAgainBeforeTheKernelShowsItsRest() {
    Route owned = route("20000", PortSelection.OWNED);
    rig.connected(owned).settle(Ending.UNKNOWN);
    rig.passMillis(20);
    rig.reconcile(socket(20_000, Kind.CLOSING));
    assertThat(rig.ledger.tryReserve(List.of(owned))).isNull();

    rig.passMillis(20);
    rig.reconcile(socket(20_000, Kind.TIME_WAIT));

    assertThat(rig.ledger.tryReserve(List.of(owned))).isNotNull();
  }

  @Test
  void aRestThatWasShownBeforeItBeganIsAnotherConnections() {
    Route owned = route("20000", PortSelection.OWNED);
    PortReservation reservation = rig.connected(owned);
    KernelSocket before = socket(20_000, Kind.TIME_WAIT);
    long seen = rig.time.read();
    rig.passMillis(20);
    reservation.settle(Ending.UNKNOWN);
    rig.passMillis(20);

    rig.ledger.reconcile(List.of(before), seen);

    assertThat(rig.ledger.tryReserve(List.of(owned))).isNull();
  }
}
