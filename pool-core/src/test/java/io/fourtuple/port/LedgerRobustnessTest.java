package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.VirtualTime;
import io.fourtuple.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What the ledger does where threads meet, and where those who wait fail. */
class LedgerRobustnessTest {
  private static final Endpoint PEER = Endpoint.of("10.1.0.1", 80);

  private final VirtualTime time = new VirtualTime();
  private final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults()).ticker(time).scheduler(time).build();

  private static Route route(int ports) {
    SourceAddress source =
        new SourceAddress(
            Endpoint.of("10.0.0.1", 1).address(),
            PortSet.of(new PortRange(40_000, 40_000 + ports - 1)),
            PortSelection.OWNED,
            new PortBudget(ports, 0, ports));
    return new Route(source, PEER);
  }

  private record Demand(List<Route> routes, List<PortReservation> got, Runnable then)
      implements PortDemand {
    static Demand on(Route route, Runnable then) {
      return new Demand(List.of(route), new ArrayList<>(), then);
    }

    @Override
    public long waitingSince() {
      return 0;
    }

    @Override
    public void granted(PortReservation reservation) {
      got.add(reservation);
      then.run();
    }

    @Override
    public void reconsider() {}
  }

  private PortReservation reserve(Route route) {
    PortReservation reservation = ledger.tryReserve(List.of(route));
    assertThat(reservation).isNotNull();
    return reservation;
  }

  @Test
  void connectsThatMeetRefusalsTogetherCoolTheRouteDownOnce() {
    Route route = route(64);
    for (int i = 0; i < 8; i++) {
      ledger.coolDown(route);
    }
    assertThat(ledger.tryReserve(List.of(route))).isNull();

    time.advance(Duration.ofMillis(300));

    assertThat(ledger.tryReserve(List.of(route))).isNotNull();
  }

  @Test
  void whoFailsToSayHowLongItWaitsCostsNobodyElseTheirs() {
    Route route = route(1);
    PortReservation held = reserve(route);
    AtomicBoolean isBroken = new AtomicBoolean();
    PortDemand broken =
        new PortDemand() {
          @Override
          public List<Route> routes() {
            return List.of(route);
          }

          @Override
          public long waitingSince() {
            if (isBroken.get()) {
              throw new IllegalStateException("broken demand");
            }
            return time.read();
          }

          @Override
          public void granted(PortReservation reservation) {
            reservation.settle(Ending.ABANDONED);
          }

          @Override
          public void reconsider() {}
        };
    ledger.reserveOrWait(broken);
    Demand sound = Demand.on(route, () -> {});
    ledger.reserveOrWait(sound);
    isBroken.set(true);

    held.settle(Ending.ABANDONED);

    assertThat(held.isSettled()).isTrue();
    assertThat(sound.got()).hasSize(1);
    assertThat(ledger.stats().faults()).isZero();
  }

  @Test
  void whoFailsWhenGrantedAPortCostsNobodyElseTheirs() {
    Route route = route(2);
    PortReservation one = reserve(route);
    PortReservation two = reserve(route);
    Demand broken =
        Demand.on(
            route,
            () -> {
              throw new IllegalStateException("broken demand");
            });
    Demand sound = Demand.on(route, () -> {});
    ledger.reserveOrWait(broken);
    ledger.reserveOrWait(sound);
    List.of(one, two)
        .forEach(
            reservation -> {
              reservation.connecting();
              reservation.settle(Ending.CONNECT_FAILED);
            });

    time.advance(Duration.ofMillis(20)); // both ports have rested enough at the same moment

    assertThat(broken.got).hasSize(1);
    assertThat(sound.got).hasSize(1);
  }

  @Test
  void anAlarmThatIsOvertakenByAnEarlierOneLeavesNoSecondAlarmBehind() {
    List<Runnable> alarms = new ArrayList<>();
    List<Boolean> cancelled = new ArrayList<>();
    Scheduler byHand =
        (task, delay) -> {
          int index = alarms.size();
          alarms.add(task);
          cancelled.add(false);
          return () -> cancelled.set(index, true);
        };
    PortLedger atHand =
        PortLedger.builder(HostLimits.linuxDefaults()).ticker(time).scheduler(byHand).build();
    Route route = route(1);
    PortReservation held = atHand.tryReserve(List.of(route));
    assertThat(held).isNotNull();
    alarms.clear(); // housekeeping
    cancelled.clear();
    atHand.reserveOrWait(Demand.on(route, () -> {})); // alarm 0, in a second
    Runnable rings = alarms.get(0);
    // While alarm 0 waits for the lock, a port goes to rest: alarm 1, in 11 ms.
    held.connecting();
    held.settle(Ending.CONNECT_FAILED);
    assertThat(alarms).hasSize(2);

    rings.run();

    assertThat(cancelled.stream().filter(each -> !each)).hasSize(1);
  }
}
