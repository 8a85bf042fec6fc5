package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.PEER;
import static io.fourtuple.port.LedgerRig.route;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.time.Ticker;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is forgotten, what is counted, and what a fault does. */
class LedgerHousekeepingTest {
  private final LedgerRig rig = new LedgerRig();
  private final Route route = route("40000-40003", PortSelection.OWNED);

  @Test
  void aLedgerThatNobodyUsesSchedulesNothing() {
    rig.ledger.register(route.source());
    rig.census(route);

    rig.time.assertNothingScheduled();
    assertThat(rig.ledger.census()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Ending.class,
      names = {"PORT_TAKEN", "TUPLE_TAKEN", "SOURCE_GONE", "CONNECT_FAILED", "ABANDONED"})
  void aRouteWhoseConnectFailedIsForgottenAndNothingIsScheduledAnyMore(Ending ending) {
    rig.refused(ending, route);
    assertThat(rig.ledger.census()).hasSize(1);

    rig.passSeconds(300);

    assertThat(rig.ledger.census()).isEmpty();
    rig.time.assertNothingScheduled();
  }

  @ParameterizedTest
  @EnumSource(
      value = Ending.class,
      names = {
        "PEER_CLOSED_FIRST",
        "RESET",
        "LOCAL_CLOSED_FIRST",
        "UNKNOWN",
        "ORPHANED",
        "VANISHED"
      })
  void aRouteWhoseConnectionsHaveEndedIsForgottenAndNothingIsScheduledAnyMore(Ending ending) {
    rig.fill(route).forEach(reservation -> reservation.settle(ending));

    rig.passSeconds(400);

    assertThat(rig.ledger.census()).isEmpty();
    rig.time.assertNothingScheduled();
  }

  @Test
  void aRouteInUseIsKept() {
    PortReservation reservation = rig.connected(route);

    rig.passSeconds(3_600);

    assertThat(rig.census(route).established()).isEqualTo(1);
    assertThat(rig.time.scheduledTasks()).isEqualTo(1);
    reservation.settle(Ending.RESET);
    rig.passSeconds(300);
    rig.time.assertNothingScheduled();
  }

  @Test
  void aSourceIsForgottenWithItsLastRouteUnlessItWasAnnounced() {
    Route announced = new Route(source("10.0.0.6", "40000-40003", PortSelection.OWNED), PEER);
    rig.ledger.register(announced.source());
    rig.connected(route).settle(Ending.RESET);
    rig.connected(announced).settle(Ending.RESET);
    assertThat(rig.ledger.sources()).containsExactlyInAnyOrder(route.source(), announced.source());

    rig.passSeconds(300);
    assertThat(rig.ledger.sources()).containsExactly(announced.source());

    rig.ledger.forget(announced.source());
    assertThat(rig.ledger.sources()).isEmpty();
  }

  @Test
  void aSourceThatIsTakenBackIsKeptAsLongAsItIsUsed() {
    rig.ledger.register(route.source());
    PortReservation reservation = rig.connected(route);
    rig.ledger.forget(route.source());

    rig.passSeconds(3_600);
    assertThat(rig.ledger.sources()).containsExactly(route.source());

    reservation.settle(Ending.RESET);
    rig.passSeconds(300);
    assertThat(rig.ledger.sources()).isEmpty();
  }

  @Test
  void aSourceThatIsSaidToBeGoneIsLeftAloneUntilItIsSaidToBeThere() {
    rig.ledger.sourceGone(route.source());
    assertThat(rig.tryReserve(route)).isNull();

    rig.ledger.sourceAdded(route.source());
    PortReservation trial = rig.connected(route);
    assertThat(rig.tryReserve(route)).isNotNull();
    trial.settle(Ending.RESET);
  }

  @Test
  void aRouteIsKeptWhileItsOwnTracesAre() {
    rig.connected(route).settle(Ending.RESET);

    rig.passSeconds(120);
    assertThat(rig.ledger.census()).hasSize(1);
    rig.passSeconds(120);
    assertThat(rig.ledger.census()).isEmpty();
  }

  @Test
  void aRouteForWhichSomebodyWaitsIsKept() {
    Route kernel = route("50000-50009", PortSelection.KERNEL);
    rig.ledger.coolDown(kernel);
    LedgerRig.Demand demand = rig.waiting(kernel);

    rig.passSeconds(600);

    assertThat(demand.granted).hasSize(1);
    assertThat(rig.ledger.census()).hasSize(1);
  }

  @Test
  void aRouteThatWasForgottenBeginsAnew() {
    rig.connected(route).settle(Ending.RESET);
    rig.passSeconds(300);

    assertThat(rig.fill(route)).hasSize(4);
    assertThat(rig.time.scheduledTasks()).isEqualTo(1);
  }

  @Test
  void manyRoutesAreForgottenTogether() {
    for (int i = 1; i <= 200; i++) {
      rig.connected(new Route(route.source(), Endpoint.of("203.0.113." + i, 443)))
          .settle(Ending.LOCAL_CLOSED_FIRST);
    }
    assertThat(rig.ledger.census()).hasSize(200);

    rig.passSeconds(300);

    assertThat(rig.ledger.census()).isEmpty();
    rig.time.assertNothingScheduled();
  }

  @Test
  void countsSinceItWasMade() {
    assertThat(rig.ledger.stats()).isEqualTo(new LedgerStats(0, 0, 0, 0, 0, 0));

    rig.connected(route).settle(Ending.RESET);
    rig.refused(Ending.TUPLE_TAKEN, route);
    rig.refused(Ending.PORT_TAKEN, route);
    rig.refused(Ending.CONNECT_FAILED, route);

    assertThat(rig.ledger.stats()).isEqualTo(new LedgerStats(4, 1, 2, 0, 0, 0));
  }

  @Test
  void knowsItsTimeAndItsHost() {
    assertThat(rig.ledger.ticker()).isSameAs(rig.time);
    assertThat(rig.ledger.scheduler()).isSameAs(rig.time);
    assertThat(rig.ledger.limits()).isEqualTo(HostLimits.linuxDefaults());
  }

  /** The clock is the seam: nothing else within the lock is not the ledger's own. */
  @Test
  void aFaultWithinLetsTheCallerPassUncounted() {
    AtomicBoolean broken = new AtomicBoolean();
    LedgerRig faulty =
        new LedgerRig(
            HostLimits.linuxDefaults(),
            builder -> {
              Ticker sound = builder.ticker;
              return builder.ticker(
                  () -> {
                    if (broken.getAndSet(false)) {
                      throw new IllegalStateException("this failure is part of the test");
                    }
                    return sound.read();
                  });
            });
    faulty.fill(route);
    broken.set(true);

    PortReservation passed = faulty.connecting(route);
    passed.established(50_000);

    assertThat(passed.binds()).isFalse();
    assertThat(faulty.ledger.stats().faults()).isEqualTo(1);
    assertThat(faulty.census(route).established()).as("uncounted").isEqualTo(4);
    assertThat(faulty.tryReserve(route)).as("the next is counted again").isNull();
    passed.settle(Ending.LOCAL_CLOSED_FIRST);
    assertThat(faulty.census(route).used()).isEqualTo(4);
  }
}
