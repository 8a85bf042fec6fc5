package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.TIME_WAIT;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.LedgerRig.Demand;
import io.fourtuple.port.LedgerRig.Holder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code bind(ip, 0)} takes a port from every destination: the budget is the source's. */
class LedgerExclusiveTest {
  private static final SourceAddress SOURCE =
      source("10.0.0.5", "40000-40003", PortSelection.EXCLUSIVE);

  private final LedgerRig rig = new LedgerRig();
  private final Route one = new Route(SOURCE, PEER);
  private final Route other = new Route(SOURCE, OTHER_PEER);

  @Test
  void allRoutesOfASourceShareItsPorts() {
    rig.connectedOn(40_000, one);
    rig.connectedOn(40_001, other);
    rig.connectedOn(40_002, one);
    PortReservation permit = rig.connecting(other);

    assertThat(rig.tryReserve(one, other)).isNull();
    assertThat(rig.census(one).used()).isEqualTo(4);
    assertThat(rig.census(other).used()).isEqualTo(4);
    assertThat(rig.census(other).established()).as("of the source").isEqualTo(3);
    assertThat(permit.port()).isZero();
  }

  @Test
  void anotherSourceHasItsOwn() {
    rig.connectedOn(40_000, one);
    Route elsewhere = new Route(source("10.0.0.6", "40000-40003", PortSelection.EXCLUSIVE), PEER);

    assertThat(rig.fill(elsewhere)).hasSize(4);
  }

  @Test
  void theHeadRoomIsLeftOncePerSource() {
    SourceAddress roomy = SOURCE.withBudget(SOURCE.budget().withHeadRoom(1));

    rig.connectedOn(40_000, new Route(roomy, PEER));
    rig.connectedOn(40_001, new Route(roomy, OTHER_PEER));
    rig.connectedOn(40_002, new Route(roomy, PEER));

    assertThat(rig.tryReserve(new Route(roomy, OTHER_PEER))).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void timeWaitTakesThePortFromEveryDestinationForTheFullHold(TimeWaitReuse reuse) {
    LedgerRig host = new LedgerRig(HostLimits.linuxDefaults().withTimeWaitReuse(reuse));
    for (int port = 40_000; port < 40_004; port++) {
      host.connectedOn(port, one).settle(Ending.LOCAL_CLOSED_FIRST);
    }

    host.pass(REST.plus(TIME_WAIT).minusMillis(1));
    assertThat(host.tryReserve(other)).isNull();
    assertThat(host.census(other).timeWait()).isEqualTo(4);
    host.passMillis(1);

    assertThat(host.fill(other)).hasSize(4);
  }

  @Test
  void whatThePeerClosesFirstIsFreeForAllDestinationsAfterTheRest() {
    rig.fill(one).forEach(reservation -> reservation.settle(Ending.PEER_CLOSED_FIRST));
    assertThat(rig.tryReserve(other)).isNull();

    rig.pass(REST);

    assertThat(rig.fill(other)).hasSize(4);
  }

  @Test
  void aRefusedBindLowersTheCapacityOfTheSource() {
    rig.connectedOn(40_000, one);
    rig.connectedOn(40_001, one);

    rig.refused(Ending.PORT_TAKEN, one);

    assertThat(rig.census(other).capacity()).isEqualTo(2);
    assertThat(rig.tryReserve(other)).isNull();
    rig.passSeconds(1);
    rig.reserve(other);
    assertThat(rig.tryReserve(other)).as("until that one has worked").isNull();
  }

  @Test
  void aPortThatTheKernelGivesToAnotherDestinationIsNotResting() {
    rig.connectedOn(40_000, one).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.passSeconds(61); // the kernel's TIME_WAIT is over, ours is not

    rig.connectedOn(40_000, other);

    assertThat(rig.census(one).timeWait()).isZero();
    assertThat(rig.census(one).established()).isEqualTo(1);
  }

  @Test
  void agreesWithTheKernelAboutSocketsToAnyDestination() {
    rig.connectedOn(40_000, one);
    rig.passMillis(1);

    rig.reconcile(
        LedgerRig.socket(40_000, KernelSocket.Kind.OPEN),
        new KernelSocket(
            SOURCE.address(), 40_001, Endpoint.of("203.0.113.99", 80), KernelSocket.Kind.OPEN),
        new KernelSocket(SOURCE.address(), 40_002, OTHER_PEER, KernelSocket.Kind.TIME_WAIT));

    PortCensus census = rig.census(other);
    assertThat(census.established()).isEqualTo(1);
    assertThat(census.foreign()).isEqualTo(1);
    assertThat(census.timeWait()).isEqualTo(1);
    assertThat(census.free()).isEqualTo(1);
  }

  @Test
  void isOneOfTheRoutesThatAreKept() {
    rig.connectedOn(40_000, one);
    rig.connectedOn(40_001, other);

    assertThat(rig.ledger.census()).hasSize(1);
    rig.passSeconds(1);
    assertThat(rig.ledger.outlook(List.of(one, other), 3).live()).isTrue();
  }

  @Test
  void isForgottenWhenNothingIsLeft() {
    rig.connectedOn(40_000, one).settle(Ending.RESET);

    rig.passSeconds(600);

    assertThat(rig.ledger.census()).isEmpty();
    assertThat(rig.time.scheduledTasks()).as("housekeeping").isZero();
  }

  // ---- who waits

  @Test
  void aFreedPortGoesToTheLongestWaitingForAnyDestination() {
    List<PortReservation> all = rig.fill(one);
    Demand old = rig.waiting(other);
    rig.passMillis(1);
    Demand young = rig.waiting(one);
    assertThat(all.get(0).isWanted()).isTrue();

    all.get(0).settle(Ending.ABANDONED);

    assertThat(old.granted).hasSize(1);
    assertThat(old.granted.get(0).route()).isEqualTo(other);
    assertThat(young.granted).isEmpty();
  }

  @Test
  void aDemandForSeveralDestinationsOfOneSourceIsGrantedOnce() {
    List<PortReservation> all = rig.fill(one);
    Demand both = rig.waiting(one, other);
    assertThat(rig.census(one).waiting()).isEqualTo(1);

    all.get(0).settle(Ending.ABANDONED);
    all.get(1).settle(Ending.ABANDONED);

    assertThat(both.granted).hasSize(1);
    assertThat(rig.census(one).waiting()).isZero();
    assertThat(rig.census(one).free()).isEqualTo(1);
  }

  @Test
  void idleConnectionsToOtherDestinationsOfTheSourceAreAskedFor() {
    rig.fill(other);
    Holder holder = new Holder(rig).idles(other, rig.time.read());

    rig.waiting(one);

    assertThat(holder.gaveUp).containsExactly(other);
  }

  @Test
  void whoHasNoConnectionOnTheSourceAnyMoreIsNotAsked() {
    rig.fill(other).forEach(reservation -> reservation.settle(Ending.VANISHED));
    Holder holder = new Holder(rig).idles(other, rig.time.read());

    rig.waiting(one);

    assertThat(holder.gaveUp).isEmpty();
  }

  @Test
  void aConnectionIsClaimedForWhoWaitsForAnotherDestination() {
    List<PortReservation> all = rig.fill(other);
    rig.waiting(one);
    rig.passSeconds(2);

    assertThat(all.get(0).claimForOthers(rig.time.read(), null)).isTrue();
  }

  @Test
  void theOutlookKnowsExpiriesOfAllDestinations() {
    rig.connectedOn(40_000, one).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.connectedOn(40_001, one).settle(Ending.VANISHED);
    rig.connectedOn(40_002, other).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.connectedOn(40_003, other).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    PortOutlook outlook = rig.ledger.outlook(List.of(one, other), 9);

    assertThat(outlook.live()).isFalse();
    assertThat(outlook.expiries())
        .containsExactly(TIME_WAIT, TIME_WAIT, TIME_WAIT, Duration.ofSeconds(110));
  }

  @Test
  void theMessageSaysThatAllDestinationsAreCounted() {
    rig.fill(other);

    assertThat(new PortsExhaustedException(List.of(rig.census(one)), Duration.ZERO, null))
        .hasMessage(
            "no free local port on 10.0.0.5:[40000-40003] to 203.0.113.7:443: established=4,"
                + " connecting=0, closing=0, time-wait=0, foreign=0, waiting=0, to all"
                + " destinations together (EXCLUSIVE)");
  }

  // ---- what does not mix

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EXCLUSIVE")
  void mixesWithNoOtherSelection(PortSelection selection) {
    rig.ledger.register(SOURCE);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.ledger.register(source("10.0.0.5", "40000-40003", selection)))
        .withMessage(
            "source 10.0.0.5:[40000-40003] (%s) shares ports with 10.0.0.5:[40000-40003]"
                + " (EXCLUSIVE), which is in use: give them disjoint ranges",
            selection);
  }

  @Test
  void isRefusedWhereTheKernelPicksAtConnect() {
    rig.ledger.register(source("10.0.0.5", "40000-40009", PortSelection.KERNEL));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.tryReserve(one))
        .withMessageContaining("(EXCLUSIVE) shares ports with");
  }
}
