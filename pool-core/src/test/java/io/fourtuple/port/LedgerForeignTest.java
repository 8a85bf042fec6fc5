package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What refusals of the kernel teach, and how it is forgotten. */
class LedgerForeignTest {
  private static final int PORT = 40_000;

  private final LedgerRig rig = new LedgerRig();
  private final Route owned = route("40000", PortSelection.OWNED);
  private final Route pinned = route("40000", PortSelection.PINNED);

  // ---- one tuple

  @ParameterizedTest
  @EnumSource(names = {"OWNED", "PINNED"})
  void aRefusedTupleIsForeignOnItsRouteAlone(PortSelection selection) {
    Route route = route("40000", selection);

    rig.refused(Ending.TUPLE_TAKEN, route);

    assertThat(rig.census(route).foreign()).isEqualTo(1);
    assertThat(rig.tryReserve(route)).isNull();
    assertThat(rig.tryReserve(new Route(route.source(), OTHER_PEER))).isNotNull();
  }

  @Test
  void aRefusedTupleIsTriedAgainAfterPausesThatDoubleUpTo64Seconds() {
    for (int pause : new int[] {1, 2, 4, 8, 16, 32, 64, 64}) {
      rig.refused(Ending.TUPLE_TAKEN, owned);
      rig.pass(Duration.ofSeconds(pause).minusMillis(1));
      assertThat(rig.tryReserve(owned)).as("before %s s", pause).isNull();
      rig.passMillis(1);
    }
    assertThat(rig.tryReserve(owned)).isNotNull();
  }

  @Test
  void aTupleThatWorksIsTrustedAgain() {
    rig.refused(Ending.TUPLE_TAKEN, owned);
    rig.passSeconds(1);
    rig.refused(Ending.TUPLE_TAKEN, owned);
    rig.passSeconds(2);
    rig.connected(owned).settle(Ending.RESET);
    rig.passSeconds(131); // not our own any more

    rig.refused(Ending.TUPLE_TAKEN, owned);

    rig.passSeconds(1);
    assertThat(rig.tryReserve(owned)).isNotNull();
  }

  @Test
  void aTupleThatWasOursAMomentAgoRestsAndIsNotForeign() {
    rig.connected(pinned).settle(Ending.PEER_CLOSED_FIRST);
    rig.pass(REST);

    rig.refused(Ending.TUPLE_TAKEN, pinned);

    assertThat(rig.census(pinned).timeWait()).isEqualTo(1);
    assertThat(rig.census(pinned).foreign()).isZero();
    rig.passMillis(999);
    assertThat(rig.tryReserve(pinned)).isNull();
    rig.passMillis(1);
    assertThat(rig.tryReserve(pinned)).isNotNull();
  }

  @Test
  void aTupleRefusedForLongerThanOursCouldLastIsForeign() {
    rig.connected(pinned).settle(Ending.PEER_CLOSED_FIRST);
    rig.pass(REST);
    for (int pause : new int[] {1, 2, 4, 8, 16, 32, 64}) {
      rig.refused(Ending.TUPLE_TAKEN, pinned);
      assertThat(rig.census(pinned).timeWait()).isEqualTo(1);
      rig.passSeconds(pause);
    }
    rig.passSeconds(3); // 130 s and no end

    rig.refused(Ending.TUPLE_TAKEN, pinned);

    assertThat(rig.census(pinned).foreign()).isEqualTo(1);
  }

  @Test
  void aTupleThatWasOursMoreThan130SecondsAgoIsForeign() {
    rig.connected(pinned).settle(Ending.PEER_CLOSED_FIRST);
    rig.pass(REST.plusSeconds(130));

    rig.refused(Ending.TUPLE_TAKEN, pinned);

    assertThat(rig.census(pinned).foreign()).isEqualTo(1);
  }

  // ---- one port of a source

  @Test
  void aPortThatCannotBeBoundIsForeignForEveryDestinationOfItsSource() {
    rig.refused(Ending.PORT_TAKEN, owned);

    Route elsewhere = new Route(owned.source(), OTHER_PEER);
    assertThat(rig.tryReserve(elsewhere)).isNull();
    assertThat(rig.census(elsewhere).foreign()).isEqualTo(1);
    Route otherSource = new Route(source("10.0.0.6", "40000", PortSelection.OWNED), PEER);
    assertThat(rig.tryReserve(otherSource)).isNotNull();
  }

  @Test
  void aPortThatCannotBeBoundIsTriedAgainAfterPausesThatDoubleUpTo64Seconds() {
    Route elsewhere = new Route(owned.source(), OTHER_PEER);
    for (int pause : new int[] {1, 2, 4, 8, 16, 32, 64, 64}) {
      rig.refused(Ending.PORT_TAKEN, owned);
      rig.pass(Duration.ofSeconds(pause).minusMillis(1));
      assertThat(rig.tryReserve(owned)).as("before %s s", pause).isNull();
      assertThat(rig.tryReserve(elsewhere)).as("elsewhere before %s s", pause).isNull();
      rig.passMillis(1);
    }
    assertThat(rig.tryReserve(elsewhere)).isNotNull();
  }

  @Test
  void foreignPortsAreSkippedAndTheRestOfTheRouteGoesOn() {
    Route route = route("40000-40009", PortSelection.OWNED);
    for (int i = 0; i < 4; i++) {
      rig.refused(Ending.PORT_TAKEN, route);
    }

    assertThat(rig.fill(route)).hasSize(6);
    assertThat(rig.census(route).foreign()).isEqualTo(4);
  }

  @Test
  void aListenerInTheKernelsTableTakesItsPortFromEveryRouteOfItsSource() {
    Route route = route("40000-40001", PortSelection.OWNED);
    rig.ledger.register(route.source());

    rig.reconcile(
        new KernelSocket(route.source().address(), PORT, null, KernelSocket.Kind.LISTENING));

    assertThat(rig.fill(route)).extracting(PortReservation::port).containsExactly(40_001);
    assertThat(rig.fill(new Route(route.source(), OTHER_PEER))).hasSize(1);
    rig.passSeconds(64);
    assertThat(rig.reserve(route).port()).isEqualTo(PORT);
  }

  @Test
  void aListenerOnTheWildcardTakesItsPortFromEverySource() {
    Route here = route("40000", PortSelection.PINNED);
    Route there = new Route(source("10.0.0.6", "40000", PortSelection.OWNED), PEER);
    rig.ledger.register(here.source());
    rig.ledger.register(there.source());

    rig.reconcile(
        new KernelSocket(
            Endpoint.of("0.0.0.0", 1).address(), PORT, null, KernelSocket.Kind.LISTENING));

    assertThat(rig.tryReserve(here)).isNull();
    assertThat(rig.tryReserve(there)).isNull();
  }

  // ---- one port of the host

  @Test
  void aPinnedPortRefusedOnTwoRoutesIsForeignOnTheWholeHost() {
    Route elsewhere = new Route(pinned.source(), OTHER_PEER);
    Route third = new Route(pinned.source(), Endpoint.of("203.0.113.9", 443));
    Route otherSource = new Route(source("10.0.0.6", "40000", PortSelection.PINNED), PEER);

    rig.refused(Ending.TUPLE_TAKEN, pinned);
    rig.refused(Ending.TUPLE_TAKEN, elsewhere);

    assertThat(rig.tryReserve(third)).isNull();
    assertThat(rig.tryReserve(otherSource)).isNull();
    rig.passSeconds(1);
    assertThat(rig.tryReserve(third)).isNotNull();
    assertThat(rig.tryReserve(otherSource)).isNotNull();
  }

  @Test
  void aPinnedPortRefusedTwiceOnOneRouteIsForeignThereAlone() {
    rig.refused(Ending.TUPLE_TAKEN, pinned);
    rig.passSeconds(1);
    rig.refused(Ending.TUPLE_TAKEN, pinned);

    assertThat(rig.tryReserve(new Route(pinned.source(), OTHER_PEER))).isNotNull();
  }

  @Test
  void aPinnedPortThatWorksInBetweenIsForeignNowhereElse() {
    Route elsewhere = new Route(pinned.source(), OTHER_PEER);
    Route third = new Route(pinned.source(), Endpoint.of("203.0.113.9", 443));
    rig.refused(Ending.TUPLE_TAKEN, pinned);
    rig.connected(third);

    rig.refused(Ending.TUPLE_TAKEN, elsewhere);

    assertThat(rig.tryReserve(new Route(pinned.source(), Endpoint.of("203.0.113.10", 443))))
        .isNotNull();
  }

  // ---- a route, a source

  @Test
  void aRouteCoolsDownLongerEachTimeUntilAConnectWorks() {
    Route two = route("40000-40001", PortSelection.OWNED);
    for (long pause : new long[] {250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000}) {
      rig.ledger.coolDown(two);
      rig.passMillis(pause - 1);
      assertThat(rig.tryReserve(two)).as("before %s ms", pause).isNull();
      rig.passMillis(1);
    }
    rig.connected(two);

    rig.ledger.coolDown(two);
    rig.passMillis(250);

    assertThat(rig.tryReserve(two)).isNotNull();
  }

  @Test
  void theEndOfAnEarlierConnectionDoesNotEndTheTrialOfARoute() {
    Route three = route("40000-40002", PortSelection.OWNED);
    PortReservation earlier = rig.connected(three);
    rig.ledger.coolDown(three);
    rig.passMillis(250);
    PortReservation trial = rig.connecting(three);

    earlier.settle(Ending.RESET);

    assertThat(rig.tryReserve(three)).as("while the trial is under way").isNull();
    trial.settle(Ending.TUPLE_TAKEN);
    assertThat(rig.tryReserve(three)).as("the next trial").isNotNull();
  }

  @Test
  void aRouteThatCoolsDownLeavesOthersAlone() {
    rig.ledger.coolDown(owned);

    assertThat(rig.tryReserve(new Route(owned.source(), OTHER_PEER))).isNotNull();
  }

  @Test
  void anAddressThatIsGoneIsLeftAloneOnAllItsRoutesLongerEachTime() {
    Route elsewhere = new Route(owned.source(), OTHER_PEER);
    for (int pause : new int[] {1, 2, 4, 8, 16, 30, 30}) {
      rig.refused(Ending.SOURCE_GONE, owned);
      rig.pass(Duration.ofSeconds(pause).minusMillis(1));
      assertThat(rig.tryReserve(owned)).as("before %s s", pause).isNull();
      assertThat(rig.tryReserve(elsewhere)).as("elsewhere before %s s", pause).isNull();
      rig.passMillis(1);
    }
    assertThat(rig.tryReserve(elsewhere)).isNotNull();
    assertThat(rig.ledger.stats().absorbed()).as("no port was refused").isZero();
  }

  @Test
  void severalRefusalsOfOneAddressAtATimeCountOnce() {
    Route two = route("40000-40001", PortSelection.OWNED);
    PortReservation first = rig.connecting(two);
    PortReservation second = rig.connecting(two);
    first.settle(Ending.SOURCE_GONE);
    second.settle(Ending.SOURCE_GONE);

    rig.passSeconds(1);

    assertThat(rig.tryReserve(two)).isNotNull();
  }

  @Test
  void anotherSourceServesWhileOneIsGone() {
    Route other = new Route(source("10.0.0.6", "40000", PortSelection.OWNED), PEER);
    rig.refused(Ending.SOURCE_GONE, owned);

    assertThat(rig.reserve(owned, other).route()).isEqualTo(other);
  }

  // ---- a port of the kernel's choice after all

  @Test
  void aPinnedPortThatTheKernelDidNotHeedGivesWayToTheRealOne() {
    Route two = route("40000-40001", PortSelection.PINNED);
    PortReservation reservation = rig.connecting(two);
    int other = 80_001 - reservation.port();

    reservation.established(other);

    assertThat(reservation.port()).isEqualTo(other);
    assertThat(rig.ledger.stats().corrections()).isEqualTo(1);
    assertThat(rig.reserve(two).port()).isEqualTo(80_001 - other);
    assertThat(rig.tryReserve(two)).isNull();
  }
}
