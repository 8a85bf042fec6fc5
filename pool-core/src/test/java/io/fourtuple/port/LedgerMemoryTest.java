package io.fourtuple.port;

import static io.fourtuple.port.LedgerRig.REST;
import static io.fourtuple.port.LedgerRig.source;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** What a ledger weighs: it grows with the ports that are not free. */
class LedgerMemoryTest {
  private static final long MIB = 1 << 20;

  static {
    // Lets JOL look into records and lambdas.
    System.setProperty("jol.magicFieldOffset", "true");
  }

  private final LedgerRig rig = new LedgerRig();
  private final List<PortReservation> held = new ArrayList<>(); // is its holders', not the ledger's

  @Test
  void aThousandRoutesWithTenPortsInUseEachTakeLessThanTwoMegabytes() {
    long empty = weight();
    for (Route route : routes(1_000)) {
      hold(route, 10);
    }

    assertThat(weight() - empty).isLessThan(2 * MIB);
  }

  @Test
  void aThousandRoutesRememberPortsUsedBeforeForAWhileAndThenTakeLessThanTwoMegabytesAgain() {
    long empty = weight();
    for (Route route : routes(1_000)) {
      hold(route, 10);
    }
    held.forEach(reservation -> reservation.settle(Ending.LOCAL_CLOSED_FIRST));
    rig.pass(REST);
    for (Route route : routes(1_000)) {
      hold(route, 10);
    }
    assertThat(weight() - empty).as("twenty ports each").isLessThan(4 * MIB);

    rig.passSeconds(300);

    assertThat(weight() - empty).as("ten ports each").isLessThan(2 * MIB);
  }

  @Test
  void oneFullRouteTakesLessThanOneMegabyte() {
    long empty = weight();
    Route route = full();
    hold(route, 64_511);

    assertThat(rig.census(route).established()).isEqualTo(64_511);
    assertThat(weight() - empty).isLessThan(MIB);
  }

  @Test
  void oneFullRouteInTimeWaitTakesLessThanOneMegabyte() {
    long empty = weight();
    Route route = full();
    hold(route, 64_511);
    held.forEach(reservation -> reservation.settle(Ending.VANISHED));
    rig.pass(REST);

    assertThat(rig.census(route).timeWait()).isEqualTo(64_511);
    assertThat(weight() - empty).isLessThan(MIB);
  }

  @Test
  void routesThatNobodyUsesWeighNothingAfterAWhile() {
    rig.ledger.register(full().source());
    long empty = weight();
    for (Route route : routes(1_000)) {
      hold(route, 10);
    }
    held.forEach(reservation -> reservation.settle(Ending.LOCAL_CLOSED_FIRST));
    rig.passSeconds(300);

    assertThat(weight() - empty).isLessThan(32 * 1_024); // tables of maps keep their length
  }

  private static Route full() {
    return new Route(source("10.0.0.5", "1025-65535", PortSelection.OWNED), LedgerRig.PEER);
  }

  private static List<Route> routes(int count) {
    SourceAddress source = full().source();
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      routes.add(new Route(source, Endpoint.of("10.1." + i / 250 + "." + i % 250, 443)));
    }
    return routes;
  }

  private void hold(Route route, int ports) {
    for (int i = 0; i < ports; i++) {
      held.add(rig.connected(route));
    }
  }

  /** All that the ledger's lock guards; not the clock, the scheduler and the log. */
  private long weight() {
    return GraphLayout.parseInstance(rig.ledger).totalSize();
  }
}
