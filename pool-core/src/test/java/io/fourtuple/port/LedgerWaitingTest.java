package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.fourtuple.port.LedgerRig.Demand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who waits for a port, who gets it, and what wakes them. */
class LedgerWaitingTest {
  private final LedgerRig rig = new LedgerRig();
  private final Route route = route("40000", PortSelection.PINNED);

  @Test
  void aPortThatIsThereIsGivenAtOnce() {
    Demand demand = new Demand(rig.time.read(), route);

    assertThat(rig.ledger.reserveOrWait(demand)).isNotNull();
    assertThat(rig.ledger.withdraw(demand)).isFalse();
    assertThat(rig.census(route).waiting()).isZero();
  }

  @Test
  void aFreedPortGoesToWhoWaits() {
    PortReservation held = rig.connected(route);
    Demand demand = rig.waiting(route);
    assertThat(held.isWanted()).isTrue();
    assertThat(rig.census(route).waiting()).isEqualTo(1);

    held.settle(Ending.ABANDONED);

    assertThat(demand.granted).hasSize(1);
    assertThat(demand.granted.get(0).route()).isEqualTo(route);
    assertThat(rig.census(route).waiting()).isZero();
    assertThat(held.isWanted()).isFalse();
  }

  @Test
  void theLongestWaitingIsServedFirstWhoeverRegisteredFirst() {
    Route both = route("40000", PortSelection.PINNED);
    Route otherToo = new Route(source("10.0.0.6", "40000", PortSelection.PINNED), PEER);
    PortReservation here = rig.connected(both);
    PortReservation there = rig.connected(otherToo);
    long now = rig.time.read();
    Demand young = new Demand(now, both);
    Demand old = new Demand(now - 5_000, otherToo, both);
    Demand oldest = new Demand(now - 9_000, both);
    rig.ledger.reserveOrWait(young);
    rig.ledger.reserveOrWait(old);
    rig.ledger.reserveOrWait(oldest);

    here.settle(Ending.ABANDONED);
    assertThat(oldest.granted).hasSize(1);
    there.settle(Ending.ABANDONED);
    assertThat(old.granted).hasSize(1);
    assertThat(old.granted.get(0).route()).isEqualTo(otherToo);
    assertThat(young.granted).isEmpty();
  }

  @Test
  void aDemandWhoseOldestCallerLeftWaitsInItsNewPlace() {
    PortReservation held = rig.connected(route);
    Demand first = rig.waiting(route);
    rig.passMillis(1);
    Demand second = rig.waiting(route);
    rig.passMillis(1);
    first.waitingSince(rig.time.read());

    held.settle(Ending.ABANDONED);

    assertThat(first.granted).isEmpty();
    assertThat(second.granted).hasSize(1);
  }

  @Test
  void whoComesLaterDoesNotPassWhoWaits() {
    Route kernel = route("40000-40001", PortSelection.KERNEL);
    List<PortReservation> all = rig.fill(kernel);
    Demand demand = rig.waiting(kernel);
    Demand asksAgain = new Demand(rig.time.read() - 1_000, kernel);

    all.get(0).settle(Ending.ABANDONED);

    assertThat(demand.granted).hasSize(1);
    assertThat(rig.tryReserve(kernel)).isNull();
    assertThat(rig.ledger.reserveOrWait(asksAgain)).isNull();
  }

  @Test
  void aDemandIsWithdrawnOnce() {
    PortReservation held = rig.connected(route);
    Demand demand = rig.waiting(route);

    assertThat(rig.ledger.withdraw(demand)).isTrue();
    assertThat(rig.ledger.withdraw(demand)).isFalse();
    held.settle(Ending.ABANDONED);

    assertThat(demand.granted).isEmpty();
    assertThat(rig.tryReserve(route)).isNotNull();
  }

  @Test
  void aDemandOnSeveralRoutesIsGrantedOneAndLeavesAll() {
    Route other = new Route(source("10.0.0.6", "40000", PortSelection.PINNED), PEER);
    PortReservation here = rig.connected(route);
    PortReservation there = rig.connected(other);
    Demand demand = rig.waiting(route, other);

    there.settle(Ending.ABANDONED);
    here.settle(Ending.ABANDONED);

    assertThat(demand.granted).hasSize(1);
    assertThat(demand.granted.get(0).route()).isEqualTo(other);
    assertThat(rig.census(route).waiting()).isZero();
    assertThat(rig.census(route).free()).isEqualTo(1);
  }

  @Test
  void aDemandIsRegisteredOnce() {
    rig.connected(route);
    Demand demand = rig.waiting(route);

    assertThatIllegalStateException()
        .isThrownBy(() -> rig.ledger.reserveOrWait(demand))
        .withMessageStartingWith("demand is registered already: ");
  }

  @Test
  void aDemandIsGrantedWithoutTheLockAndMayCallTheLedgerAgain() {
    PortReservation held = rig.connected(route);
    List<LedgerStats> seen = new ArrayList<>();
    PortDemand demand =
        new PortDemand() {
          @Override
          public List<Route> routes() {
            return List.of(route);
          }

          @Override
          public long waitingSince() {
            return 0;
          }

          @Override
          public void granted(PortReservation reservation) {
            // Another thread would wait for ever, if this one held the lock.
            seen.add(CompletableFuture.supplyAsync(rig.ledger::stats).join());
            reservation.settle(Ending.ABANDONED);
          }

          @Override
          public void reconsider() {}
        };
    rig.ledger.reserveOrWait(demand);
    Demand next = rig.waiting(route);

    held.settle(Ending.ABANDONED);

    assertThat(seen).hasSize(1);
    assertThat(next.granted).as("given on from within").hasSize(1);
  }

  @Test
  void aDemandThatThrowsTakesNothingFromOthersNorFromWhoFreedThePort() {
    Route two = route("40000-40001", PortSelection.OWNED);
    rig.fill(two).forEach(reservation -> reservation.settle(Ending.VANISHED));
    PortDemand broken =
        new PortDemand() {
          @Override
          public List<Route> routes() {
            return List.of(two);
          }

          @Override
          public long waitingSince() {
            return Long.MIN_VALUE;
          }

          @Override
          public void granted(PortReservation reservation) {
            throw new IllegalStateException("this failure is part of the test");
          }

          @Override
          public void reconsider() {}
        };
    rig.ledger.reserveOrWait(broken);
    Demand demand = rig.waiting(two);

    rig.pass(REST.plusSeconds(110)); // the alarm frees both ports at once

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void demandsReconsiderWhenNothingIsLiveAnyMore() {
    Route two = route("40000-40001", PortSelection.PINNED);
    List<PortReservation> all = rig.fill(two);
    Demand demand = rig.waiting(two);

    all.get(0).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);
    assertThat(demand.reconsidered).as("one is still open").isZero();
    all.get(1).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    assertThat(demand.reconsidered).isEqualTo(1);
    assertThat(demand.granted).isEmpty();
  }

  // ---- what wakes those who wait

  @Test
  void theAlarmWakesAtTheEndOfARest() {
    rig.connected(route).settle(Ending.LOCAL_CLOSED_FIRST);
    Demand demand = rig.waiting(route);

    rig.pass(REST.plusSeconds(66).minusMillis(1));
    assertThat(demand.granted).isEmpty();
    rig.passMillis(1);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void theAlarmWakesWhenAForeignPortMayBeTriedAgain() {
    rig.refused(Ending.TUPLE_TAKEN, route);
    Demand demand = rig.waiting(route);

    rig.passMillis(999);
    assertThat(demand.granted).isEmpty();
    rig.passMillis(1);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void theAlarmWakesWhenARouteHasCooledDown() {
    rig.ledger.coolDown(route);
    Demand demand = rig.waiting(route);

    rig.passMillis(249);
    assertThat(demand.granted).isEmpty();
    rig.passMillis(1);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void theAlarmWakesWhenAnAddressMayBeBack() {
    rig.refused(Ending.SOURCE_GONE, route);
    Demand demand = rig.waiting(route);

    rig.passMillis(999);
    assertThat(demand.granted).isEmpty();
    rig.passMillis(1);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void theAlarmWakesWhenMorePermitsAreBelievedInAgain() {
    Route kernel = route("40000-40009", PortSelection.KERNEL);
    rig.connectedOn(40_000, kernel);
    rig.refused(Ending.TUPLE_TAKEN, kernel);
    Demand demand = rig.waiting(kernel);

    rig.passMillis(999);
    assertThat(demand.granted).isEmpty();
    rig.passMillis(1);

    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void nobodyIsWokenWhereNobodyWaits() {
    rig.connected(route);
    Demand demand = rig.waiting(route);
    rig.ledger.withdraw(demand);
    rig.passSeconds(2);

    assertThat(rig.time.scheduledTasks()).as("housekeeping alone").isEqualTo(1);
  }

  // ---- holders of idle connections

  @Test
  void theLongestIdleConnectionIsAskedFor() {
    Route other = new Route(source("10.0.0.6", "40000", PortSelection.PINNED), PEER);
    rig.connected(route);
    rig.connected(other);
    Holder young = new Holder(rig).idles(route, rig.time.read() - 10);
    Holder old =
        new Holder(rig).idles(route, rig.time.read() - 20).idles(other, rig.time.read() - 30);
    Holder without = new Holder(rig);

    rig.waiting(route, other);

    assertThat(old.gaveUp).containsExactly(other);
    assertThat(young.gaveUp).isEmpty();
    assertThat(without.gaveUp).isEmpty();
  }

  @Test
  void aHolderIsAskedWithoutTheLockAndItsPortGoesToWhoWaits() {
    PortReservation idle = rig.connected(route);
    Holder holder =
        new Holder(rig) {
          @Override
          public boolean giveUp(Route on) {
            CompletableFuture.supplyAsync(rig.ledger::stats).join();
            idle.settle(Ending.ABANDONED);
            return super.giveUp(on);
          }
        };
    holder.idles(route, rig.time.read());

    Demand demand = rig.waiting(route);

    assertThat(holder.gaveUp).containsExactly(route);
    assertThat(demand.granted).hasSize(1);
  }

  @Test
  void nobodyIsAskedWhileThereArePorts() {
    Holder holder = new Holder(rig).idles(route, rig.time.read());

    rig.ledger.reserveOrWait(new Demand(rig.time.read(), route));

    assertThat(holder.gaveUp).isEmpty();
  }

  @Test
  void aHolderThatWasRemovedIsNotAsked() {
    rig.connected(route);
    Holder holder = new Holder(rig).idles(route, rig.time.read());
    rig.ledger.removeHolder(holder);

    rig.waiting(route);

    assertThat(holder.gaveUp).isEmpty();
  }

  @Test
  void aBrokenPromiseIsAskedForAgainAfterASecond() {
    rig.connected(route);
    Holder holder = new Holder(rig).idles(route, rig.time.read());
    rig.waiting(route);
    assertThat(holder.gaveUp).hasSize(1);

    rig.passMillis(999);
    assertThat(holder.gaveUp).hasSize(1);
    rig.passMillis(1);

    assertThat(holder.gaveUp).hasSize(2);
  }

  // ---- claims

  @Test
  void aConnectionIsClaimedForWhoWaitsLongerThanItsHolder() {
    PortReservation held = rig.connected(route);
    assertThat(held.claimForOthers(rig.time.read(), null)).as("nobody waits").isFalse();
    rig.waiting(route);
    rig.passMillis(1);

    assertThat(held.claimForOthers(rig.time.read(), null)).isTrue();
    assertThat(held.claimForOthers(rig.time.read(), null)).as("promised already").isFalse();
    rig.passSeconds(1);
    assertThat(held.claimForOthers(rig.time.read(), null)).as("promise broken").isTrue();
  }

  @Test
  void aClaimIsForWhoWaitsLongest() {
    PortReservation held = rig.connected(route);
    rig.passMillis(100);
    long now = rig.time.read();
    Demand later = new Demand(now - 1_000_000, route);
    Demand longest = new Demand(now - 50_000_000, route);
    rig.ledger.reserveOrWait(later);
    rig.ledger.reserveOrWait(longest);

    assertThat(held.claimForOthers(now, null)).isTrue();
    held.settle(Ending.RESET);
    rig.passMillis(20);

    PortReservation next = longest.granted.get(0);
    next.connecting();
    next.established(next.port());
    assertThat(next.claimForOthers(rig.time.read(), null)).as("the other waits on").isTrue();
  }

  @Test
  void aPromiseMovesOnWhenThePortGoesToSomebodyElse() {
    PortReservation held = rig.connected(route);
    rig.passMillis(100);
    long now = rig.time.read();
    Demand first = new Demand(now - 1_000_000, route);
    rig.ledger.reserveOrWait(first);
    assertThat(held.claimForOthers(now, null)).as("promised to the only one").isTrue();
    Demand longest = new Demand(now - 50_000_000, route);
    rig.ledger.reserveOrWait(longest);

    held.settle(Ending.RESET);
    rig.passMillis(20);

    PortReservation next = longest.granted.get(0);
    next.connecting();
    next.established(next.port());
    assertThat(next.claimForOthers(rig.time.read(), null)).as("the first waits on").isTrue();
  }

  @Test
  void aConnectionIsNotClaimedForWhoCameLater() {
    PortReservation held = rig.connected(route);
    long since = rig.time.read();
    rig.waiting(route);

    assertThat(held.claimForOthers(since, null)).isFalse();
  }

  @Test
  void aConnectionIsNotClaimedForItsHoldersOwnDemand() {
    PortReservation held = rig.connected(route);
    Demand own = rig.waiting(route);
    rig.passMillis(1);

    assertThat(held.claimForOthers(rig.time.read(), own)).isFalse();
  }

  @Test
  void oneIdleConnectionGivenUpIsPromisedToOneDemand() {
    PortReservation held = rig.connected(route);
    new Holder(rig).idles(route, rig.time.read());
    rig.waiting(route);
    rig.passMillis(1);

    assertThat(held.claimForOthers(rig.time.read(), null)).isFalse();
  }

  @Test
  void aConnectionOfAnotherRouteIsNotClaimed() {
    rig.connected(route);
    PortReservation elsewhere = rig.connected(new Route(route.source(), OTHER_PEER));
    rig.waiting(route);
    rig.passMillis(1);

    assertThat(elsewhere.isWanted()).isFalse();
    assertThat(elsewhere.claimForOthers(rig.time.read(), null)).isFalse();
  }

  // ---- what may be expected

  @Test
  void theOutlookKnowsNothingWhileAPortIsLive() {
    rig.connected(route);

    PortOutlook outlook = rig.ledger.outlook(List.of(route), 5);

    assertThat(outlook).isEqualTo(new PortOutlook(true, List.of()));
    assertThat(outlook.untilFree(0)).isEmpty();
  }

  @Test
  void theOutlookListsKnownExpiriesOfAllRoutesShortestFirst() {
    Route other = new Route(source("10.0.0.6", "40000-40001", PortSelection.PINNED), PEER);
    rig.fill(other).forEach(reservation -> reservation.settle(Ending.VANISHED));
    rig.connected(route).settle(Ending.LOCAL_CLOSED_FIRST);
    rig.pass(REST);

    PortOutlook outlook = rig.ledger.outlook(List.of(other, route), 2);

    assertThat(outlook.live()).isFalse();
    assertThat(outlook.expiries()).containsExactly(Duration.ofSeconds(66), Duration.ofSeconds(110));
    assertThat(outlook.untilFree(1)).contains(Duration.ofSeconds(110));
    assertThat(outlook.untilFree(2)).isEmpty();
  }

  @Test
  void theOutlookPromisesNothingOfPortsThatOthersHold() {
    rig.refused(Ending.TUPLE_TAKEN, route);

    PortOutlook outlook = rig.ledger.outlook(List.of(route), 5);

    assertThat(outlook).isEqualTo(new PortOutlook(false, List.of()));
  }

  /** Keeps idle connections on some routes, in name only. */
  private static class Holder implements IdleHolder {
    private final Map<Route, Long> idle = new HashMap<>();
    final List<Route> gaveUp = new ArrayList<>();

    Holder(LedgerRig rig) {
      rig.ledger.addHolder(this);
    }

    Holder idles(Route route, long since) {
      idle.put(route, since);
      return this;
    }

    @Override
    public OptionalLong idleSince(Route route) {
      Long since = idle.get(route);
      return since == null ? OptionalLong.empty() : OptionalLong.of(since);
    }

    @Override
    public boolean giveUp(Route route) {
      gaveUp.add(route);
      return true;
    }
  }
}
