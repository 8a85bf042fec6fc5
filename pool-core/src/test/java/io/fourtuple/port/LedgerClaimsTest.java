package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.OTHER_PEER;
import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.LedgerRig.Demand;
import io.fourtuple.port.LedgerRig.Holder;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who gives up a connection whose port is wanted elsewhere, and for whom. */
class LedgerClaimsTest {
  private final LedgerRig rig = new LedgerRig();
  private final Route route = route("40000", PortSelection.PINNED);

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
  void nothingIsClaimedForADemandThatTheLastCallerHasLeft() {
    PortReservation held = rig.connected(route);
    int[] callers = {0};
    Demand demand =
        new Demand(rig.time.read(), route) {
          @Override
          public int waiting() {
            return callers[0];
          }
        };
    rig.ledger.reserveOrWait(demand);
    rig.passSeconds(1);

    assertThat(held.claimForOthers(rig.time.read(), null)).isFalse();
    callers[0] = 1;
    assertThat(held.claimForOthers(rig.time.read(), null)).isTrue();
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
}
