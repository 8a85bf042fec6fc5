package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many ports there are, which comes next, and who may hold which. */
class LedgerBudgetTest {
  private final LedgerRig rig = new LedgerRig();

  @ParameterizedTest
  @EnumSource
  void givesAsManyPortsAsTheRouteHasAndNotOneMore(PortSelection selection) {
    Route route = route("40000-40063", selection);

    assertThat(rig.fill(route)).hasSize(64);

    PortCensus census = rig.census(route);
    assertThat(census.capacity()).isEqualTo(64);
    assertThat(census.established()).isEqualTo(64);
    assertThat(census.used()).isEqualTo(64);
    assertThat(census.free()).isZero();
  }

  @Test
  void keepsABudgetForEveryRoute() {
    Route first = route("40000-40007", PortSelection.OWNED);
    Route elsewhere = new Route(first.source(), OTHER_PEER);
    Route fromElsewhere = new Route(source("10.0.0.6", "40000-40007", PortSelection.OWNED), PEER);

    assertThat(Stream.of(first, elsewhere, fromElsewhere).map(route -> rig.fill(route).size()))
        .containsExactly(8, 8, 8);
  }

  @ParameterizedTest
  @EnumSource
  void leavesTheHeadRoomToOthers(PortSelection selection) {
    Route route = withHeadRoom(route("40000-40009", selection), 3);

    assertThat(rig.fill(route)).hasSize(7);
  }

  @Test
  void letsForeignPortsUseUpTheHeadRoomFirst() {
    Route route = withHeadRoom(route("40000-40009", PortSelection.OWNED), 3);
    for (int i = 0; i < 3; i++) {
      rig.refused(Ending.TUPLE_TAKEN, route);
    }
    assertThat(rig.census(route).free()).isEqualTo(7);

    rig.refused(Ending.TUPLE_TAKEN, route);

    assertThat(rig.census(route).foreign()).isEqualTo(4);
    assertThat(rig.census(route).free()).isEqualTo(6);
    assertThat(rig.fill(route)).hasSize(6);
  }

  @Test
  void knowsReservedPortsOnlyByTheirAbsenceFromTheSource() {
    HostLimits limits = HostLimits.linuxDefaults().withReserved(PortSet.parse("40002-40003"));
    PortSet ports = PortSet.parse("40000-40007").minus(limits.reserved());
    Route route = route(ports.toString(), PortSelection.PINNED);

    List<Integer> given =
        new LedgerRig(limits).fill(route).stream().map(PortReservation::port).toList();

    assertThat(given).containsExactlyInAnyOrder(40_000, 40_001, 40_004, 40_005, 40_006, 40_007);
  }

  @Test
  void isAboveTheHighMarkFromThatManyUsedPortsOn() {
    Route route = route("40000-40009", PortSelection.OWNED); // high mark 9
    for (int i = 0; i < 7; i++) {
      rig.connected(route);
    }
    PortReservation eighth = rig.connected(route);
    assertThat(eighth.isAboveHighMark()).isFalse();

    rig.reserve(route);

    assertThat(eighth.isAboveHighMark()).isTrue();
  }

  // ---- the order of ports

  @Test
  void handsOutPortsInACycle() {
    Route route = route("40000-40019", PortSelection.OWNED);
    List<Integer> order = rig.fill(route).stream().map(PortReservation::port).toList();
    int start = order.get(0);

    assertThat(order)
        .isEqualTo(
            IntStream.range(0, 20).mapToObj(i -> 40_000 + (start - 40_000 + i) % 20).toList());
  }

  @Test
  void takesTheLongestRestedPortAndNeverTheLastUsed() {
    Route route = route("40000-40003", PortSelection.OWNED);
    List<PortReservation> all = rig.fill(route);
    // Given back in the order of the cycle, each is asked for in that order.
    for (PortReservation reservation : all) {
      reservation.settle(Ending.RESET);
      rig.pass(REST);
    }

    List<Integer> order = all.stream().map(PortReservation::port).toList();
    assertThat(rig.fill(route).stream().map(PortReservation::port)).isEqualTo(order);
  }

  @Test
  void beginsEachRouteAtARandomPort() {
    SourceAddress source = source("10.0.0.5", "1024-65535", PortSelection.OWNED);
    Set<Integer> starts = new HashSet<>();
    for (int i = 1; i <= 50; i++) {
      starts.add(rig.reserve(new Route(source, Endpoint.of("203.0.113." + i, 443))).port());
    }

    assertThat(starts).hasSizeGreaterThan(40); // 50 of 64,512: collisions are rare
  }

  // ---- several sources

  @Test
  void takesTheSourceWithTheMostFreeBudget() {
    Route small = route("40000-40003", PortSelection.OWNED);
    Route large = new Route(source("10.0.0.6", "40000-40005", PortSelection.OWNED), PEER);

    List<Route> taken =
        IntStream.range(0, 4).mapToObj(i -> rig.reserve(small, large).route()).toList();

    assertThat(taken.subList(0, 2)).containsOnly(large); // 6, then 5, against 4
    assertThat(taken.subList(2, 4)).containsExactly(small, large); // the first of equals
  }

  @Test
  void goesOnWithAnotherSourceWhereTheBestTurnsOutToBeTaken() {
    Route taken = new Route(source("10.0.0.6", "40000-40009", PortSelection.OWNED), OTHER_PEER);
    for (int i = 0; i < 10; i++) {
      rig.refused(Ending.PORT_TAKEN, taken); // for every destination
    }
    Route best = new Route(taken.source(), PEER);
    Route last = route("40000-40001", PortSelection.OWNED);

    assertThat(rig.reserve(best, last).route()).isEqualTo(last);
  }

  @Test
  void takesNothingWhereNoSourceHasAPort() {
    Route first = route("40000", PortSelection.OWNED);
    Route second = new Route(source("10.0.0.6", "40000", PortSelection.OWNED), PEER);
    rig.fill(first);
    rig.fill(second);

    assertThat(rig.tryReserve(first, second)).isNull();
  }

  @Test
  void refusesASourceThatSharesExplicitPortsWithAnother() {
    rig.ledger.register(source("10.0.0.5", "40000-40099", PortSelection.KERNEL));

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> rig.ledger.register(source("10.0.0.5", "40050-40149", PortSelection.OWNED)))
        .withMessage(
            "source 10.0.0.5:[40050-40149] (OWNED) shares ports with 10.0.0.5:[40000-40099]"
                + " (KERNEL), which is in use: give them disjoint ranges");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rig.tryReserve(route("40000-40099", PortSelection.OWNED)))
        .withMessageContaining("(OWNED) shares ports with");
    assertThat(rig.ledger.stats().faults()).isZero();
  }

  @Test
  void takesDisjointSourcesOfOneAddressAndEqualOnesOfTwo() {
    rig.ledger.register(source("10.0.0.5", "40000-40099", PortSelection.KERNEL));
    rig.ledger.register(source("10.0.0.5", "30000-30099", PortSelection.OWNED));
    rig.ledger.register(source("10.0.0.6", "40000-40099", PortSelection.OWNED));

    assertThat(rig.ledger.sources()).hasSize(3);
  }

  @Test
  void letsKernelPickedAndPinnedConnectionsShareABudget() {
    Route pinned = route("40000-40003", PortSelection.PINNED);
    Route kernel = route("40000-40003", PortSelection.KERNEL);
    int port = rig.connected(pinned).port();
    rig.connectedOn(port == 40_003 ? 40_000 : port + 1, kernel);

    assertThat(rig.census(pinned).established()).isEqualTo(2);
    assertThat(rig.census(kernel).established()).isEqualTo(2);
    assertThat(rig.fill(pinned)).hasSize(2);
    assertThat(rig.tryReserve(kernel)).isNull();
  }

  // ---- reservations

  @Test
  void settlesAReservationOnce() {
    Route route = route("40000", PortSelection.OWNED);
    PortReservation reservation = rig.connected(route);
    reservation.settle(Ending.RESET);

    assertThatIllegalStateException()
        .isThrownBy(() -> reservation.settle(Ending.ABANDONED))
        .withMessage(
            "reservation is settled already: 10.0.0.5:40000 to 203.0.113.7:443 (settled: RESET)");
    assertThatIllegalStateException().isThrownBy(reservation::connecting);
    assertThatIllegalStateException().isThrownBy(() -> reservation.established(40_000));
    assertThat(reservation.isSettled()).isTrue();
    assertThat(rig.census(route).used()).isEqualTo(1); // rests
  }

  @Test
  void namesRoutePortFromAndToOfAnIllegalMove() {
    PortReservation reservation = rig.reserve(route("40000", PortSelection.OWNED));

    assertThatIllegalStateException()
        .isThrownBy(() -> reservation.established(40_000))
        .withMessage(
            "10.0.0.5:[40000] to 203.0.113.7:443, port 40000:"
                + " RESERVED -> ESTABLISHED is not a legal move");
    assertThat(reservation.state()).isSameAs(PortState.RESERVED);
  }

  @Test
  void leavesAReservationAsItWasAfterAnIllegalEnding() {
    Route route = route("40000", PortSelection.OWNED);
    PortReservation reservation = rig.reserve(route);

    assertThatIllegalStateException()
        .isThrownBy(() -> reservation.settle(Ending.LOCAL_CLOSED_FIRST));

    assertThat(reservation.isSettled()).isFalse();
    assertThat(rig.census(route).reserved()).isEqualTo(1);
    reservation.settle(Ending.ABANDONED);
    assertThat(rig.census(route).free()).isEqualTo(1);
  }

  @Test
  void isClosingAsOftenAsItIsSaid() {
    Route route = route("40000", PortSelection.OWNED);
    PortReservation reservation = rig.connected(route);

    reservation.closing();
    reservation.closing();

    assertThat(reservation.state()).isSameAs(PortState.CLOSING);
    assertThat(rig.census(route).closing()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void refusesALocalPortThatIsNone(int port) {
    PortReservation reservation = rig.connecting(route("40000", PortSelection.KERNEL));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> reservation.established(port))
        .withMessage("localPort must be in 1..65535, was " + port);
  }

  @Test
  void isWrittenWithPortPeerAndState() {
    PortReservation owned = rig.connected(route("40000", PortSelection.OWNED));
    PortReservation permit =
        rig.reserve(new Route(source("10.0.0.6", "40000", PortSelection.KERNEL), OTHER_PEER));

    assertThat(owned).hasToString("10.0.0.5:40000 to 203.0.113.7:443 (ESTABLISHED)");
    assertThat(permit).hasToString("10.0.0.6:* to 203.0.113.8:443 (RESERVED)");
    assertThat(owned.binds()).isTrue();
  }

  @Test
  void countsEveryPortInExactlyOneState() {
    Route route = route("40000-40007", PortSelection.PINNED);
    rig.reserve(route);
    rig.connecting(route);
    rig.connected(route);
    rig.connected(route).closing();
    rig.connected(route).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.refused(Ending.TUPLE_TAKEN, route);
    rig.passMillis(500);

    assertThat(rig.census(route))
        .isEqualTo(
            new PortCensus(
                route, 8, 1, 1, 1, 1, 1, 0, 1, 0, 65_511_000_000L)); // 11 ms + 66 s - 500 ms
    assertThat(rig.census(route).free()).isEqualTo(2);
  }

  private static Route withHeadRoom(Route route, int headRoom) {
    SourceAddress source = route.source();
    return new Route(source.withBudget(source.budget().withHeadRoom(headRoom)), route.endpoint());
  }
}
