package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A limit outside of the host, shared by the routes of several sources to one endpoint. */
class LedgerCapTest {
  static final Duration COOL_DOWN = Duration.ofSeconds(30);

  /** The cool-down, and the rest of 10 ms with the millisecond begun. */
  static final Duration COOLED = COOL_DOWN.plusMillis(11);

  static final ExternalCap NAT = new ExternalCap("NAT", 4, COOL_DOWN);

  private final LedgerRig rig = new LedgerRig();
  private final Route one = route("10.0.0.5", PEER);
  private final Route other = route("10.0.0.6", PEER);

  /** On ten ports, behind the NAT. */
  static Route route(String ip, Endpoint to) {
    return route(ip, to, NAT);
  }

  private static Route route(String ip, Endpoint to, ExternalCap cap) {
    return new Route(source(ip, "40000-40009", PortSelection.OWNED).withCap(cap), to);
  }

  private List<PortReservation> fill() {
    return IntStream.range(0, 4).mapToObj(i -> rig.connected(one, other)).toList();
  }

  private CapCensus cap() {
    CapCensus census = rig.census(one).cap();
    assertThat(census).isNotNull();
    return census;
  }

  // ---- how many

  @Test
  void isSharedByAllSourcesThatCarryIt() {
    List<PortReservation> all = fill();

    assertThat(all.stream().map(PortReservation::route)).contains(one, other);
    assertThat(rig.tryReserve(one)).isNull();
    assertThat(rig.tryReserve(other)).isNull();
    assertThat(cap()).isEqualTo(new CapCensus("NAT", 4, 4, 0, -1));
    assertThat(rig.census(other).cap()).isEqualTo(cap());
    assertThat(rig.census(one).free()).isZero();
  }

  @Test
  void isKeptForEveryEndpoint() {
    fill();

    assertThat(rig.fill(route("10.0.0.5", OTHER_PEER))).hasSize(4);
  }

  @Test
  void isAnotherOneUnderAnotherName() {
    fill();

    assertThat(rig.fill(route("10.0.0.7", PEER, NAT.withName("other NAT")))).hasSize(4);
    assertThat(rig.tryReserve(route("10.0.0.8", PEER))).isNull();
  }

  @Test
  void leavesOtherBudgetsAsTheyAre() {
    Route few =
        new Route(source("10.0.0.7", "40000-40001", PortSelection.OWNED).withCap(NAT), PEER);

    assertThat(rig.fill(few)).hasSize(2);
    assertThat(rig.fill(one)).hasSize(2);
  }

  @Test
  void countsUnderObserveAndRefusesNothing() {
    rig.ledger.enforcement(Enforcement.OBSERVE);
    List<PortReservation> all = IntStream.range(0, 6).mapToObj(i -> rig.reserve(one)).toList();

    assertThat(cap().live()).isEqualTo(6);
    assertThat(cap().free()).isZero();
    assertThat(rig.ledger.stats().overdrawn()).isEqualTo(2);

    all.forEach(reservation -> reservation.settle(Ending.CONNECT_FAILED));
    assertThat(cap().used()).isEqualTo(6);
    rig.pass(COOLED);
    assertThat(cap().used()).isZero();
  }

  @Test
  void isAboveTheHighMarkAtNineTenths() {
    SourceAddress many = source("10.0.0.7", "40000-40099", PortSelection.OWNED);
    Route ten = new Route(many.withCap(new ExternalCap("ten", 10, COOL_DOWN)), PEER);
    PortReservation first = rig.connected(ten);
    for (int i = 0; i < 7; i++) {
      rig.connected(ten);
    }
    assertThat(first.isAboveHighMark()).isFalse();

    rig.connected(ten).settle(Ending.RESET);
    assertThat(first.isAboveHighMark()).isTrue();
    rig.pass(COOLED);
    assertThat(first.isAboveHighMark()).isFalse();
  }

  // ---- the cool-down

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ABANDONED", "PORT_TAKEN", "TUPLE_TAKEN", "SOURCE_GONE", "VANISHED", "ORPHANED"})
  void coolsDownHoweverAConnectionEnds(Ending ending) {
    fill();
    rig.ledger.enforcement(Enforcement.OBSERVE);
    PortReservation fifth = rig.connecting(one);
    rig.ledger.enforcement(Enforcement.ENFORCE);
    assertThat(cap().live()).isEqualTo(5);

    fifth.settle(ending);

    assertThat(cap()).isEqualTo(new CapCensus("NAT", 4, 4, 1, COOLED.toNanos()));
    rig.pass(COOLED.minusMillis(1));
    assertThat(cap().cooling()).isEqualTo(1);
    rig.passMillis(1);
    assertThat(cap().cooling()).isZero();
  }

  @Test
  void coolsDownLongerWhereOurFinIsStillSent() {
    rig.connected(one).settle(Ending.VANISHED);

    rig.pass(COOLED.plusSeconds(110).minusMillis(1));
    assertThat(cap().cooling()).isEqualTo(1);
    rig.passMillis(1);
    assertThat(cap().cooling()).isZero();
  }

  @Test
  void coolsDownLongerWhereThePeersFinMayStillCome() {
    rig.connected(one).settle(Ending.ORPHANED);

    rig.pass(COOLED.plusSeconds(66).minusMillis(1)); // tcp_fin_timeout, and a tenth for rounding
    assertThat(cap().cooling()).isEqualTo(1);
    rig.passMillis(1);
    assertThat(cap().cooling()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"ABANDONED", "PORT_TAKEN", "TUPLE_TAKEN", "SOURCE_GONE"})
  void costsNothingWhereNoSynHasLeft(Ending ending) {
    rig.refused(ending, one);

    assertThat(cap().used()).isZero();
  }

  @Test
  void coolsDownAfterAConnectionThatIsSaidToBeAbandoned() {
    rig.connected(one).settle(Ending.ABANDONED);

    assertThat(cap().cooling()).isEqualTo(1);
  }

  @Test
  void isFreeAtOnceWithoutACoolDown() {
    Route hasty = route("10.0.0.7", PEER, NAT.withCoolDown(Duration.ZERO).withName("hasty"));
    List<PortReservation> all = rig.fill(hasty);
    assertThat(all).hasSize(4);

    all.get(0).settle(Ending.LOCAL_CLOSED_FIRST);

    assertThat(rig.fill(hasty)).hasSize(1);
  }

  @Test
  void outlivesTheRouteThatUsedIt() {
    ExternalCap slow = NAT.withName("slow").withCoolDown(Duration.ofMinutes(20));
    Route route = route("10.0.0.7", PEER, slow);
    rig.fill(route).forEach(reservation -> reservation.settle(Ending.RESET));
    rig.passSeconds(600);
    assertThat(rig.ledger.census()).as("kept routes").isEmpty();

    assertThat(rig.tryReserve(route)).isNull();
    rig.passSeconds(601);
    assertThat(rig.fill(route)).hasSize(4);
  }

  @Test
  void isForgottenWhenItIsOver() {
    rig.connected(one).settle(Ending.RESET);

    rig.passSeconds(600);

    assertThat(rig.ledger.census()).isEmpty();
    assertThat(rig.time.scheduledTasks()).as("housekeeping").isZero();
  }

  @Test
  void isNotDisturbedByWhatTheKernelShows() {
    rig.connected(one).settle(Ending.LOCAL_CLOSED_FIRST);
    PortReservation open = rig.connected(one);
    rig.passMillis(20);

    rig.reconcile();

    assertThat(cap().cooling()).isEqualTo(1);
    assertThat(cap().live()).isEqualTo(1);
    open.settle(Ending.RESET);
    assertThat(cap()).extracting(CapCensus::live, CapCensus::cooling).containsExactly(0, 2);
  }

  // ---- what may be expected

  @Test
  void theOutlookKnowsWhenSlotsAreFree() {
    fill().forEach(reservation -> reservation.settle(Ending.RESET));
    rig.passSeconds(10);

    PortOutlook outlook = rig.ledger.outlook(List.of(one, other), 5);

    Duration left = COOLED.minusSeconds(10);
    assertThat(outlook).isEqualTo(new PortOutlook(false, List.of(left, left, left, left)));
    assertThat(outlook.untilFree(4)).as("beyond the cap").isEmpty();
  }

  @Test
  void theOutlookKnowsNothingWhileASlotIsLiveAnywhere() {
    fill();

    assertThat(rig.ledger.outlook(List.of(route("10.0.0.7", PEER)), 5).live()).isTrue();
  }

  @Test
  void theOutlookWaitsForPortAndSlotWhicheverIsLater() {
    SourceAddress two = source("10.0.0.7", "40000-40001", PortSelection.PINNED).withCap(NAT);
    Route pinned = new Route(two, PEER);
    rig.fill(pinned).forEach(reservation -> reservation.settle(Ending.LOCAL_CLOSED_FIRST));
    rig.fill(one).forEach(reservation -> reservation.settle(Ending.RESET));
    rig.passMillis(20);

    PortOutlook outlook = rig.ledger.outlook(List.of(pinned), 5);

    Duration timeWait = Duration.ofSeconds(66).plusMillis(11 - 20);
    assertThat(outlook).isEqualTo(new PortOutlook(false, List.of(timeWait, timeWait)));
  }

  @Test
  void theMessageHasTheArithmeticOfTheCap() {
    fill().get(0).settle(Ending.RESET);
    rig.passSeconds(10);

    assertThat(new PortsExhaustedException(List.of(rig.census(other)), Duration.ZERO, null))
        .hasMessageEndingWith("; NAT: live=3, cooling=1 (next free in 20.0 s) of 4");
  }

  // ---- contradictions

  @Test
  void anAddressHasOneCap() {
    rig.ledger.register(one.source());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.ledger.register(one.source().withCap(null)))
        .withMessage(
            "source 10.0.0.5:[40000-40009] is behind no cap, but 10.0.0.5:[40000-40009] is in use"
                + " behind NAT (4 per endpoint, cool-down PT30S): give an address one cap");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                rig.ledger.register(
                    source("10.0.0.5", "50000-50009", PortSelection.KERNEL)
                        .withCap(NAT.withConnections(5))))
        .withMessageContaining("NAT (5 per endpoint");
    rig.ledger.register(source("10.0.0.5", "50000-50009", PortSelection.KERNEL).withCap(NAT));
    assertThat(rig.ledger.sources()).hasSize(2);
  }

  @Test
  void exclusivePortsHaveNoCap() {
    SourceAddress exclusive = source("10.0.0.5", "40000-40009", PortSelection.EXCLUSIVE);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> exclusive.withCap(NAT))
        .withMessageStartingWith("cap must be left out with EXCLUSIVE");
  }
}
