package io.fourtuple.port;

import static io.fourtuple.port.LedgerCapTest.COOLED;
import static io.fourtuple.port.LedgerCapTest.COOL_DOWN;
import static io.fourtuple.port.LedgerCapTest.NAT;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.LedgerRig.Demand;
import io.fourtuple.port.LedgerRig.Holder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Those who wait for a slot of a limit outside of the host, and what idles meanwhile. */
class LedgerCapWaitingTest {
  private final LedgerRig rig = new LedgerRig();
  private final Route one = LedgerCapTest.route("10.0.0.5", PEER);
  private final Route other = LedgerCapTest.route("10.0.0.6", PEER);

  private List<PortReservation> fill() {
    return IntStream.range(0, 4).mapToObj(i -> rig.connected(one, other)).toList();
  }

  // ---- who waits

  @Test
  void aFreedSlotGoesToTheLongestWaitingOnAnyRoute() {
    List<PortReservation> all = fill();
    long now = rig.time.read();
    Demand here = new Demand(now - 1_000, one);
    Demand there = new Demand(now - 5_000, other);
    assertThat(rig.ledger.reserveOrWait(here)).isNull();
    assertThat(rig.ledger.reserveOrWait(there)).isNull();

    settleOn(one, all, Ending.RESET);
    assertThat(there.granted).isEmpty();
    rig.pass(COOLED);

    assertThat(there.granted).hasSize(1);
    assertThat(there.granted.get(0).route()).isEqualTo(other);
    assertThat(here.granted).isEmpty();
  }

  @Test
  void whoWaitsOnAnotherRouteIsNotPassedEither() {
    List<PortReservation> all = fill();
    rig.waiting(other);
    settleOn(one, all, Ending.RESET);

    rig.pass(COOLED);

    assertThat(rig.tryReserve(one)).isNull();
  }

  @Test
  void whoHasNoPortDoesNotKeepTheSlotFromOthers() {
    Route single = new Route(source("10.0.0.7", "40000", PortSelection.OWNED).withCap(NAT), PEER);
    PortReservation held = rig.connected(single);
    List<PortReservation> all = IntStream.range(0, 3).mapToObj(i -> rig.connected(one)).toList();
    Demand stuck = rig.waiting(single);
    rig.passMillis(1);
    Demand young = rig.waiting(other);

    all.get(0).settle(Ending.RESET);
    rig.pass(COOLED);

    assertThat(young.granted).hasSize(1);
    assertThat(stuck.granted).isEmpty();
    assertThat(held.isWanted()).isTrue();
  }

  @Test
  void demandsOnAllRoutesReconsiderWhenNoSlotIsLiveAnyMore() {
    List<PortReservation> all = fill();
    Demand there = rig.waiting(other);

    all.forEach(reservation -> reservation.settle(Ending.RESET));

    assertThat(there.reconsidered).isPositive();
    rig.passMillis(20);
    assertThat(rig.ledger.outlook(List.of(other), 2).live()).isFalse();
  }

  private void settleOn(Route route, List<PortReservation> all, Ending ending) {
    all.stream().filter(r -> r.route().equals(route)).findFirst().orElseThrow().settle(ending);
  }

  // ---- idle connections

  @Test
  void idleConnectionsOnOtherSourcesAreAskedForWhereTheCapIsSpent() {
    fill();
    Holder holder = holderOn(other);

    rig.waiting(one);

    assertThat(holder.gaveUp).containsExactly(other);
  }

  @Test
  void idleConnectionsOnOtherSourcesStayWhereThePortsAreSpent() {
    Route single = new Route(source("10.0.0.7", "40000", PortSelection.OWNED).withCap(NAT), PEER);
    rig.connected(single);
    Holder holder = holderOn(other);

    rig.waiting(single);

    assertThat(holder.gaveUp).isEmpty();
  }

  @Test
  void oneDemandCostsOneConnectionHoweverLongItsSlotCools() {
    List<PortReservation> all = fill();
    Holder holder = holderOn(other);
    Demand demand = rig.waiting(one);
    settleOn(other, all, Ending.RESET); // as asked

    rig.pass(COOL_DOWN);
    assertThat(holder.gaveUp).hasSize(1);
    assertThat(claimed(all)).isFalse();
    rig.passMillis(11);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void aConnectionIsClaimedForWhoWaitsOnAnotherSource() {
    List<PortReservation> all = fill();
    Demand demand = rig.waiting(one);
    rig.passSeconds(2); // what was promised did not come

    assertThat(claimed(all)).isTrue();
    assertThat(claimed(all)).as("again, for the same").isFalse();
    assertThat(demand.granted).isEmpty();
  }

  private boolean claimed(List<PortReservation> all) {
    PortReservation there =
        all.stream()
            .filter(r -> r.route().equals(other) && !r.isSettled())
            .findFirst()
            .orElseThrow();
    return there.claimForOthers(rig.time.read(), null);
  }

  private Holder holderOn(Route route) {
    return new Holder(rig).idles(route, rig.time.read());
  }
}
