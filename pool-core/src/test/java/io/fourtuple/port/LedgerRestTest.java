package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.TIME_WAIT;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fourtuple.port.HostLimits.TimeWaitReuse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How long ports rest after their use; the numbers are those of the measured kernel. */
class LedgerRestTest {
  private static final int PORT = 40_000;

  private final LedgerRig rig = new LedgerRig();
  private final Route owned = route("40000", PortSelection.OWNED);

  @ParameterizedTest
  @CsvSource(
      useHeadersInDisplayName = true,
      textBlock =
          """
          SELECTION, ENDING,             TW_REUSE, PATH,     TIMESTAMPS, MILLIS
          OWNED,     CONNECT_FAILED,     LOOPBACK, network,  true,       0
          OWNED,     PEER_CLOSED_FIRST,  LOOPBACK, network,  true,       0
          OWNED,     RESET,              LOOPBACK, network,  true,       0
          OWNED,     LOCAL_CLOSED_FIRST, LOOPBACK, network,  true,       0
          OWNED,     LOCAL_CLOSED_FIRST, NEVER,    network,  true,       0
          OWNED,     LOCAL_CLOSED_FIRST, NEVER,    loopback, true,       0
          OWNED,     UNKNOWN,            LOOPBACK, network,  true,       0
          OWNED,     ORPHANED,           LOOPBACK, network,  true,       0
          OWNED,     VANISHED,           LOOPBACK, network,  true,       110000
          OWNED,     PEER_CLOSED_FIRST,  ALWAYS,   network,  false,      0
          OWNED,     RESET,              ALWAYS,   network,  false,      0
          OWNED,     LOCAL_CLOSED_FIRST, ALWAYS,   network,  false,      66000
          OWNED,     LOCAL_CLOSED_FIRST, LOOPBACK, loopback, false,      66000
          OWNED,     UNKNOWN,            NEVER,    network,  false,      66000
          OWNED,     ORPHANED,           NEVER,    network,  false,      120000
          OWNED,     VANISHED,           NEVER,    network,  false,      110000
          PINNED,    PEER_CLOSED_FIRST,  NEVER,    network,  true,       0
          PINNED,    RESET,              NEVER,    network,  true,       0
          PINNED,    CONNECT_FAILED,     NEVER,    network,  true,       0
          PINNED,    LOCAL_CLOSED_FIRST, NEVER,    network,  true,       66000
          PINNED,    LOCAL_CLOSED_FIRST, NEVER,    loopback, true,       66000
          PINNED,    LOCAL_CLOSED_FIRST, ALWAYS,   network,  true,       1010
          PINNED,    LOCAL_CLOSED_FIRST, ALWAYS,   network,  false,      66000
          PINNED,    LOCAL_CLOSED_FIRST, LOOPBACK, network,  true,       66000
          PINNED,    LOCAL_CLOSED_FIRST, LOOPBACK, loopback, true,       1010
          PINNED,    LOCAL_CLOSED_FIRST, LOOPBACK, loopback, false,      66000
          PINNED,    UNKNOWN,            ALWAYS,   network,  true,       1010
          PINNED,    UNKNOWN,            NEVER,    network,  true,       66000
          PINNED,    ORPHANED,           ALWAYS,   network,  true,       120000
          PINNED,    VANISHED,           ALWAYS,   network,  true,       110000
          KERNEL,    PEER_CLOSED_FIRST,  NEVER,    network,  true,       0
          KERNEL,    RESET,              NEVER,    network,  true,       0
          KERNEL,    LOCAL_CLOSED_FIRST, NEVER,    network,  true,       66000
          KERNEL,    LOCAL_CLOSED_FIRST, ALWAYS,   network,  true,       1010
          KERNEL,    LOCAL_CLOSED_FIRST, LOOPBACK, network,  true,       66000
          KERNEL,    LOCAL_CLOSED_FIRST, LOOPBACK, loopback, true,       1010
          KERNEL,    UNKNOWN,            LOOPBACK, network,  true,       66000
          KERNEL,    ORPHANED,           LOOPBACK, loopback, true,       120000
          KERNEL,    VANISHED,           LOOPBACK, loopback, true,       110000
          """)
  void aPortIsHadAgainAfterItsRestAndAsLongAsTheKernelHoldsIt(
      PortSelection selection,
      Ending ending,
      TimeWaitReuse reuse,
      String path,
      boolean timestamps,
      long millis) {
    HostLimits limits =
        HostLimits.linuxDefaults().withTimeWaitReuse(reuse).withTimestamps(timestamps);
    LedgerRig world = new LedgerRig(limits);
    boolean loopback = path.equals("loopback");
    Route route =
        new Route(
            source(loopback ? "127.0.0.1" : "10.0.0.5", "40000", selection),
            loopback ? Endpoint.of("127.0.0.2", 80) : PEER);

    PortReservation reservation = world.connecting(route);
    if (ending != Ending.CONNECT_FAILED) {
      reservation.established(PORT);
    }
    reservation.settle(ending);

    world.pass(REST.plusMillis(millis).minusMillis(1));
    assertThat(world.tryReserve(route)).as("a millisecond before").isNull();
    world.passMillis(1);
    assertThat(world.tryReserve(route)).as("in time").isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void aPortThatTheKernelNeverSawIsFreeAtOnce(PortSelection selection) {
    Route route = route("40000", selection);

    rig.reserve(route).settle(Ending.ABANDONED);
    rig.connecting(route).settle(Ending.ABANDONED);
    rig.connectedOn(PORT, route).settle(Ending.ABANDONED);

    assertThat(rig.tryReserve(route)).isNotNull();
  }

  @Test
  void aConnectThatFailsLeavesAPermitFreeAtOnceForItHasNoPort() {
    Route route = route("40000", PortSelection.KERNEL);

    rig.connecting(route).settle(Ending.CONNECT_FAILED);

    assertThat(rig.tryReserve(route)).isNotNull();
  }

  @Test
  void closingCountsUntilItIsSettledAndTheRestBeginsThen() {
    Route route = route("40000", PortSelection.PINNED);
    PortReservation reservation = rig.connected(route);
    reservation.closing();
    rig.passSeconds(100);
    assertThat(rig.census(route).closing()).isEqualTo(1);

    reservation.settle(Ending.PEER_CLOSED_FIRST);

    assertThat(rig.tryReserve(route)).isNull();
    rig.pass(REST);
    assertThat(rig.tryReserve(route)).isNotNull();
  }

  @Test
  void restAndHoldAreSettings() {
    LedgerRig slow =
        new LedgerRig(
            HostLimits.linuxDefaults(),
            builder -> builder.rest(Duration.ofMillis(500)).timeWait(Duration.ofMinutes(4)));
    Route route = route("40000", PortSelection.PINNED);
    slow.connected(route).settle(Ending.LOCAL_CLOSED_FIRST);

    slow.passMillis(240_500);
    assertThat(slow.tryReserve(route)).isNull();
    slow.passMillis(1);
    assertThat(slow.tryReserve(route)).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"-1", "600001"})
  void restAndHoldAreRefusedByFieldRuleAndValue(long millis) {
    PortLedgerBuilder builder = PortLedger.builder(HostLimits.linuxDefaults());
    Duration bad = Duration.ofMillis(millis);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.rest(bad))
        .withMessage("rest must be in 0..10 min, was " + bad);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.timeWait(bad))
        .withMessage("timeWait must be in 0..10 min, was " + bad);
  }

  // ---- out of TIME_WAIT, and when that turns out to be impossible

  @Test
  void anOwnedPortInTimeWaitStandsInNobodysWay() {
    rig.connected(owned).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    PortCensus resting = rig.census(owned);
    assertThat(resting.timeWait()).isEqualTo(1);
    assertThat(resting.reusable()).isEqualTo(1);
    assertThat(resting.used()).isZero();
    assertThat(resting.nanosToNextFree()).as("nothing to wait for").isEqualTo(-1);
    assertThat(rig.connected(owned).port()).isEqualTo(PORT);
    assertThat(rig.census(owned).timeWait()).isZero();
  }

  @Test
  void theFirstRefusalOfAnOwnTimeWaitPutsThePeerOnTheFullHold() {
    Route two = route("40000-40001", PortSelection.OWNED);
    Route elsewhere = new Route(two.source(), OTHER_PEER);
    for (Route route : new Route[] {two, elsewhere}) {
      rig.fill(route).forEach(reservation -> reservation.settle(Ending.LOCAL_CLOSED_FIRST));
    }
    rig.pass(REST);
    assertThat(rig.census(two).reusable()).isEqualTo(2);

    rig.refused(Ending.TUPLE_TAKEN, two);

    assertThat(rig.census(two).reusable()).as("here").isZero();
    assertThat(rig.census(two).timeWait()).as("not somebody else's").isEqualTo(2);
    assertThat(rig.census(elsewhere).reusable()).as("at another peer").isEqualTo(2);
    rig.pass(TIME_WAIT.minusMillis(1));
    assertThat(rig.tryReserve(two)).isNull();
    rig.passMillis(1);
    assertThat(rig.fill(two)).hasSize(2);
  }

  @Test
  void aPeerWithoutTimestampsIsOnTheFullHoldFromItsFirstConnectionOn() {
    PortReservation reservation = rig.connected(owned);
    reservation.timestamps(false);
    reservation.settle(Ending.LOCAL_CLOSED_FIRST);

    rig.pass(REST);
    assertThat(rig.census(owned).reusable()).isZero();
    assertThat(rig.tryReserve(owned)).isNull();
  }

  @Test
  void timestampsLiftTheFullHoldAndServeWhoWaits() {
    Route two = route("40000-40001", PortSelection.OWNED);
    PortReservation open = rig.connected(two);
    PortReservation closed = rig.connected(two);
    closed.timestamps(false);
    closed.settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);
    LedgerRig.Demand demand = rig.waiting(two);

    open.timestamps(true);

    assertThat(demand.granted).hasSize(1);
    assertThat(demand.granted.get(0).port()).isEqualTo(closed.port());
  }

  @Test
  void timestampsThatTheHostDoesWithoutAreNotBelieved() {
    LedgerRig without = new LedgerRig(HostLimits.linuxDefaults().withTimestamps(false));
    PortReservation reservation = without.connected(owned);
    reservation.timestamps(true);
    reservation.settle(Ending.LOCAL_CLOSED_FIRST);

    without.pass(REST);
    assertThat(without.tryReserve(owned)).isNull();
  }

  @Test
  void aPeerWithoutTimestampsGetsAnotherChanceAfterTenMinutes() {
    PortReservation reservation = rig.connected(owned);
    reservation.timestamps(false);
    for (int minute = 0; minute < 12; minute++) { // the route is in use all the time
      rig.passSeconds(60);
    }
    reservation.settle(Ending.LOCAL_CLOSED_FIRST);

    rig.pass(REST);

    assertThat(rig.census(owned).reusable()).isEqualTo(1);
  }

  @Test
  void aRefusalAfterAVanishedPeerProvesNothingAboutTimestamps() {
    Route two = route("40000-40001", PortSelection.OWNED);
    PortReservation vanished = rig.connected(two);
    vanished.settle(Ending.VANISHED);
    rig.pass(REST.plusSeconds(110));
    for (int i = 0; i < 2; i++) {
      PortReservation next = rig.connecting(two);
      if (next.port() == vanished.port()) {
        next.settle(Ending.TUPLE_TAKEN);
      } else {
        next.established(next.port());
        next.settle(Ending.LOCAL_CLOSED_FIRST);
      }
    }
    rig.pass(REST);

    assertThat(rig.census(two).timeWait()).isEqualTo(2);
    assertThat(rig.census(two).reusable()).isEqualTo(1);
  }

  @Test
  void aPortAbandonedOutOfItsTimeWaitIsFree() {
    rig.connected(owned).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    rig.reserve(owned).settle(Ending.ABANDONED);

    assertThat(rig.census(owned).used()).isZero();
    assertThat(rig.tryReserve(owned)).isNotNull();
  }
}
