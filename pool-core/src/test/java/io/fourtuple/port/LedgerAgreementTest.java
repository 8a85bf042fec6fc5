package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.socket;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.KernelSocket.Kind;
import io.fourtuple.port.LedgerRig.Demand;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the kernel's socket table shows and the ledger does not know, and the reverse. */
class LedgerAgreementTest {
  private static final int PORT = 40_000;

  private final LedgerRig rig = new LedgerRig();
  private final Route pinned = route("40000-40001", PortSelection.PINNED);
  private final Route owned = route("40000-40001", PortSelection.OWNED);

  // ---- shown, and unknown to the ledger

  @ParameterizedTest
  @EnumSource(names = {"OPEN", "CLOSING"})
  void aConnectionThatIsNotOursTakesItsPortOnThatRoute(Kind kind) {
    rig.reserve(pinned).settle(Ending.ABANDONED);
    rig.passMillis(1);

    rig.reconcile(socket(PORT, kind));

    assertThat(rig.census(pinned).foreign()).isEqualTo(1);
    assertThat(rig.reserve(pinned).port()).isEqualTo(40_001);
    assertThat(rig.census(new Route(pinned.source(), OTHER_PEER)).foreign()).isZero();
    assertThat(rig.ledger.stats().corrections()).isEqualTo(1);
  }

  @Test
  void aTimeWaitThatIsNotOursRestsAsLongAsOneOfOurs() {
    rig.reserve(pinned).settle(Ending.ABANDONED);
    rig.passMillis(1);

    rig.reconcile(socket(PORT, Kind.TIME_WAIT));

    assertThat(rig.census(pinned).timeWait()).isEqualTo(1);
    assertThat(rig.census(pinned).nanosToNextFree()).isEqualTo(66_000_000_000L);
    rig.passSeconds(66);
    assertThat(rig.census(pinned).timeWait()).isZero();
  }

  @Test
  void aTimeWaitThatTheKernelReusesIsNotCounted() {
    LedgerRig reusing =
        new LedgerRig(HostLimits.linuxDefaults().withTimeWaitReuse(TimeWaitReuse.ALWAYS));
    reusing.reserve(pinned).settle(Ending.ABANDONED);

    reusing.reconcile(socket(PORT, Kind.TIME_WAIT));

    assertThat(reusing.census(pinned).timeWait()).isZero();
  }

  @Test
  void aTimeWaitThatCanBeTakenAgainStandsInNobodysWay() {
    rig.reserve(owned).settle(Ending.ABANDONED);
    rig.passMillis(1);

    rig.reconcile(socket(PORT, Kind.TIME_WAIT));

    assertThat(rig.census(owned).reusable()).isEqualTo(1);
    assertThat(rig.fill(owned)).hasSize(2);
  }

  @Test
  void aRouteBeginsWithWhatTheTableShowedBefore() {
    rig.ledger.register(pinned.source());
    rig.reconcile(socket(PORT, Kind.OPEN), socket(40_001, Kind.TIME_WAIT));
    rig.passSeconds(1);

    assertThat(rig.tryReserve(pinned)).isNull();

    assertThat(rig.census(pinned).foreign()).isEqualTo(1);
    assertThat(rig.census(pinned).timeWait()).isEqualTo(1);
  }

  @Test
  void whatTheTableShowedLongAgoIsOverWhenARouteBegins() {
    rig.ledger.register(pinned.source());
    rig.reconcile(socket(PORT, Kind.OPEN), socket(40_001, Kind.TIME_WAIT));
    rig.passSeconds(66);

    assertThat(rig.fill(pinned)).hasSize(2);
  }

  @Test
  void whatTheTableShowsOfOurOwnConnectionsIsNoNews() {
    rig.fill(pinned);

    rig.reconcile(socket(PORT, Kind.OPEN), socket(40_001, Kind.CLOSING));

    assertThat(rig.census(pinned).established()).isEqualTo(2);
    assertThat(rig.ledger.stats().corrections()).isZero();
  }

  @Test
  void portsOutsideTheSourceAreNotOurBusiness() {
    rig.reserve(pinned);

    rig.reconcile(socket(39_999, Kind.OPEN), socket(40_002, Kind.TIME_WAIT));

    assertThat(rig.census(pinned).used()).isEqualTo(1);
  }

  @Test
  void aPortThatMayBeThatOfAPermitIsLeftAlone() {
    Route kernel = route("40000-40001", PortSelection.KERNEL);
    PortReservation permit = rig.connecting(kernel);
    rig.passMillis(1);

    rig.reconcile(socket(PORT, Kind.OPEN));

    assertThat(rig.census(kernel).foreign()).isZero();
    permit.established(PORT);
    assertThat(rig.census(kernel).used()).isEqualTo(1);
  }

  @Test
  void aPermitTakesAPortThatTheTableShowedTooEarly() {
    Route kernel = route("40000-40001", PortSelection.KERNEL);
    PortReservation permit = rig.reserve(kernel);
    rig.passMillis(1);
    rig.reconcile(socket(PORT, Kind.OPEN)); // read before we said that we connect
    assertThat(rig.census(kernel).foreign()).isEqualTo(1);

    permit.connecting();
    permit.established(PORT);

    assertThat(rig.census(kernel).foreign()).isZero();
    assertThat(rig.census(kernel).established()).isEqualTo(1);
  }

  // ---- known to the ledger, and not shown

  @Test
  void aRestThatTheTableDoesNotShowIsOverAndServesWhoWaits() {
    rig.fill(pinned).forEach(reservation -> reservation.settle(Ending.LOCAL_CLOSED_FIRST));
    rig.pass(REST);
    Demand demand = rig.waiting(pinned);
    rig.passMillis(1);

    rig.reconcile(socket(PORT, Kind.TIME_WAIT));

    assertThat(demand.granted).extracting(PortReservation::port).containsExactly(40_001);
    assertThat(rig.ledger.stats().corrections()).isEqualTo(1);
  }

  @Test
  void aForeignPortThatTheTableShowsNoLongerIsFree() {
    rig.reserve(pinned).settle(Ending.ABANDONED);
    rig.passMillis(1);
    rig.reconcile(socket(PORT, Kind.OPEN));
    rig.passMillis(1);

    rig.reconcile();

    assertThat(rig.census(pinned).foreign()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"PORT_TAKEN", "TUPLE_TAKEN"})
  void aRefusalIsBelievedAlthoughTheTableDoesNotShowWhy(Ending refusal) {
    // A port that is bound to another destination, or to another address, is not on this route.
    Route route = refusal == Ending.PORT_TAKEN ? owned : pinned;
    rig.refused(refusal, route);
    rig.passMillis(1);

    rig.reconcile();

    assertThat(rig.census(route).foreign()).isEqualTo(1);
    rig.passSeconds(1);
    assertThat(rig.census(route).foreign()).isZero();
  }

  @Test
  void connectionsInUseAreOursWhateverTheTableShows() {
    rig.connected(pinned);
    rig.connecting(pinned);

    rig.reconcile();

    assertThat(rig.census(pinned).established()).isEqualTo(1);
    assertThat(rig.census(pinned).connecting()).isEqualTo(1);
  }

  // ---- a table that is older than what we did

  @Test
  void aTableReadBeforeARestBeganDoesNotEndIt() {
    long before = rig.time.read();
    rig.passMillis(5);
    rig.connected(pinned).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    rig.ledger.reconcile(List.of(), before);

    assertThat(rig.census(pinned).timeWait()).isEqualTo(1);
  }

  @Test
  void aTableReadBeforeAPortWasFreedDoesNotTakeItAgain() {
    PortReservation reservation = rig.connected(pinned);
    rig.passMillis(5);
    long before = rig.time.read();
    rig.passMillis(5);
    reservation.settle(Ending.RESET);
    rig.pass(REST);

    rig.ledger.reconcile(List.of(socket(reservation.port(), Kind.OPEN)), before);

    assertThat(rig.census(pinned).used()).isZero();
  }

  @Test
  void aTupleThatWasOursAMomentAgoIsShownForALastAcknowledgementAndRestsASecond() {
    PortReservation reservation = rig.connected(pinned);
    reservation.settle(Ending.PEER_CLOSED_FIRST);
    rig.pass(REST);
    rig.census(pinned); // lets the rest end
    rig.passMillis(1);

    rig.reconcile(socket(reservation.port(), Kind.CLOSING));

    assertThat(rig.census(pinned).foreign()).isZero();
    assertThat(rig.census(pinned).timeWait()).isEqualTo(1);
    rig.passSeconds(1);
    assertThat(rig.census(pinned).used()).isZero();
  }

  @Test
  void aTupleThatWasOursMoreThan130SecondsAgoIsSomebodyElses() {
    PortReservation reservation = rig.connected(pinned);
    reservation.settle(Ending.RESET);
    rig.pass(REST.plusSeconds(130));

    rig.reconcile(socket(reservation.port(), Kind.OPEN));

    assertThat(rig.census(pinned).foreign()).isEqualTo(1);
  }

  @Test
  void twoTablesSayTheSameTwice() {
    rig.reserve(pinned).settle(Ending.ABANDONED);
    rig.passMillis(1);

    rig.reconcile(socket(PORT, Kind.OPEN), socket(40_001, Kind.TIME_WAIT));
    rig.reconcile(socket(PORT, Kind.OPEN), socket(40_001, Kind.TIME_WAIT));

    assertThat(rig.ledger.stats().corrections()).isEqualTo(2);
    assertThat(rig.census(pinned).used()).isEqualTo(2);
  }

  // ---- who asks for it

  @Test
  void theTableIsAskedForWhenARouteBeginsAndAfterASurprise() {
    List<String> asked = new ArrayList<>();
    rig.ledger.reconciler(() -> asked.add("now"));

    PortReservation reservation = rig.connecting(pinned);
    assertThat(asked).as("route begins").hasSize(1);
    reservation.settle(Ending.TUPLE_TAKEN);
    assertThat(asked).as("refused").hasSize(2);
    rig.connected(pinned).settle(Ending.RESET);
    assertThat(asked).as("no surprise").hasSize(2);
    rig.ledger.coolDown(pinned);
    assertThat(asked).as("cools down").hasSize(3);
  }
}
