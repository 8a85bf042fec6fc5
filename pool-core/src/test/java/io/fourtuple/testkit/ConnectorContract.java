package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.port.Ending;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.ConnectorWorld.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every connector owes to pool and ledger, on whatever it runs: what it tells, once and in
 * order; how it settles the port after each way in which a connection ends; and that the kernel
 * then really gives the port again when the ledger does.
 *
 * @param <C> the connections' type
 */
public abstract class ConnectorContract<C> extends ConnectionContract<C> {
  private static final int ROUNDS = 2;

  // ---- the same ports again

  @ParameterizedTest
  @EnumSource(WayToEnd.class)
  void allPortsAreUsedAgainAndAgain(WayToEnd way) throws Exception {
    try (var world = world(way.setting())) {
      var client = new ContractClient<>(world);
      for (int round = 0; round < ROUNDS; round++) {
        var attempts = client.openedOnAllPorts();
        for (var attempt : attempts) {
          way.begin(attempt);
        }
        for (var attempt : attempts) {
          way.finish(attempt);
          attempt.assertTold("connected", "closed");
        }
        awaitRest(world, () -> client.census().closing() == 0);
        if (restsTooLong(way, world)) {
          assertRests(world, client);
          break;
        }
        if (way.mayLeaveTimeWait() && world.source().selection() != PortSelection.OWNED) {
          world.await("TIME_WAIT", () -> client.census().timeWait() == 0);
        }
        assertThat(client.census().free())
            .as("%s", client.census())
            .isEqualTo(ConnectorWorld.PORTS);
      }
      client.assertNothingAbsorbed();
    }
  }

  @ParameterizedTest
  @EnumSource(WayToEnd.class)
  void oneSinglePortIsUsedAgain(WayToEnd way) throws Exception {
    try (var world = world(way.setting().withOnePort())) {
      var client = new ContractClient<>(world);
      for (int round = 0; round < ROUNDS; round++) {
        var attempt = client.opened();
        assertThat(client.tryReserve()).isNull();
        way.begin(attempt);
        way.finish(attempt);
        if (restsTooLong(way, world)) {
          awaitRest(world, () -> client.census().closing() == 0);
          assertRests(world, client);
          break;
        }
        awaitRest(world, () -> client.census().free() == 1);
      }
      client.assertNothingAbsorbed();
    }
  }

  private static void awaitRest(ConnectorWorld<?> world, BooleanSupplier isOver) {
    world.await("the rest", isOver);
    world.await("the last acknowledgements", () -> world.lastAckInKernel() == 0);
  }

  private static boolean restsTooLong(WayToEnd way, ConnectorWorld<?> world) {
    return way.mayLeaveTimeWait() && !world.outlastsTimeWait();
  }

  /** What cannot be waited for is counted, at least. */
  private void assertRests(ConnectorWorld<C> world, ContractClient<C> client) throws Exception {
    PortCensus census = client.census();
    assertThat(census.timeWait()).isGreaterThanOrEqualTo(world.timeWaitInKernel());
    assertThat(census.free()).isEqualTo(world.source().ports().size() - census.timeWait());
    for (int i = census.free(); i > 0; i--) {
      client.opened();
    }
    PortReservation more = client.tryReserve();
    // The kernel's table may have shown meanwhile that some rest no more: at the peer, say.
    int noMoreResting = census.timeWait() - client.census().timeWait();
    assertThat(more != null ? 1 : 0).as("%s", client.census()).isLessThanOrEqualTo(noMoreResting);
  }

  @Test
  void timeWaitIsWaitedForUnlessThePortsAreOwned() throws Exception {
    try (var world = world(Setting.USUAL.withoutReuse())) {
      var client = new ContractClient<>(world);
      var attempts = client.openedOnAllPorts();
      for (var attempt : attempts) {
        WayToEnd.WE_CLOSE_FIRST.begin(attempt);
        WayToEnd.WE_CLOSE_FIRST.finish(attempt);
      }
      world.await("TIME_WAIT", () -> client.census().timeWait() == ConnectorWorld.PORTS);
      // A peer that is slow, or a segment that is lost, lets the kernel come later than the ledger.
      world.await("TIME_WAIT in the kernel", () -> world.closingInKernel() == 0);
      PortCensus census = client.census();
      if (world.source().selection() == PortSelection.OWNED) {
        assertThat(census.free()).isEqualTo(ConnectorWorld.PORTS);
        client.openedOnAllPorts();
        client.assertNothingAbsorbed();
      } else {
        assertThat(client.tryReserve()).isNull();
        assertThat(census.nanosToNextFree()).isBetween(1L, 66_000_000_000L);
        // On a busy host a FIN is sent again, to a peer that has forgotten, and resets a TIME_WAIT.
        int lost = ConnectorWorld.PORTS - world.timeWaitInKernel();
        assertThat(lost).isLessThan(ConnectorWorld.PORTS / 10);
        world.neighboursConnectWhileTheyCan();
        assertThat(world.establishedInKernel()).as("refused in vain").isLessThanOrEqualTo(lost);
      }
    }
  }

  // ---- what others do

  @Test
  void aPortThatANeighbourListensOnIsMetOnceAndTheOthersServe() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      PortReservation reservation = client.reserve(client.route());
      int taken = portOf(reservation);
      world.neighbourListens(taken);

      boolean owned = world.source().selection() == PortSelection.OWNED;
      assertAllOthersServe(
          world, client, reservation, taken, owned ? Ending.PORT_TAKEN : tupleTaken(world));
    }
  }

  @Test
  void aTupleThatANeighbourHoldsIsMetOnceAndTheOthersServe() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      PortReservation reservation = client.reserve(client.route());
      int taken = portOf(reservation);
      world.neighbourConnects(taken);

      assertAllOthersServe(world, client, reservation, taken, tupleTaken(world));
    }
  }

  /** Where the kernel picks at bind, it has to say then that there is no port for any tuple. */
  private static Ending tupleTaken(ConnectorWorld<?> world) {
    return world.source().selection() == PortSelection.EXCLUSIVE
        ? Ending.PORT_TAKEN
        : Ending.TUPLE_TAKEN;
  }

  /** The port that will be met: a permit meets any, when no other is left. */
  private static int portOf(PortReservation reservation) {
    return reservation.port() != 0
        ? reservation.port()
        : reservation.route().source().ports().ranges().get(0).last();
  }

  private void assertAllOthersServe(
      ConnectorWorld<C> world,
      ContractClient<C> client,
      PortReservation first,
      int taken,
      Ending expected)
      throws Exception {
    List<ContractClient<C>.Attempt> refused = new ArrayList<>();
    List<Integer> served = new ArrayList<>();
    for (PortReservation next = first; next != null; next = client.tryReserve()) {
      var attempt = client.connect(next).awaitTold();
      if (attempt.isConnected()) {
        served.add(next.port());
      } else {
        refused.add(attempt);
      }
    }

    assertThat(served)
        .hasSize(ConnectorWorld.PORTS - 1)
        .doesNotHaveDuplicates()
        .doesNotContain(taken);
    assertThat(refused).hasSize(1);
    refused.get(0).assertTold("failed: LOCAL_PORT");
    assertThat(refused.get(0).ending()).isEqualTo(expected);
    assertThat(world.connector().ledger().stats().absorbed()).isOne();
  }

  @Test
  void whereNeighboursHaveAllOtherPortsEachIsMetOnce() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      int ours = client.opened().reservation.port();
      boolean ledgerPicks = world.source().selection().ledgerPicks();
      if (ledgerPicks) {
        PortRange range = world.source().ports().ranges().get(0);
        for (int port = range.first(); port <= range.last(); port++) {
          if (port != ours) {
            world.neighbourConnects(port);
          }
        }
      } else {
        world.neighboursConnectWhileTheyCan();
      }
      for (var next = client.tryReserve(); next != null; next = client.tryReserve()) {
        var attempt = client.connect(next).awaitTold();
        attempt.assertTold("failed: LOCAL_PORT");
        assertThat(attempt.ending()).isEqualTo(tupleTaken(world));
      }

      assertThat(client.census().established()).isOne();
      assertThat(client.census().free()).isZero();
      // The kernel has looked at all ports for a permit.
      assertThat(world.connector().ledger().stats().absorbed())
          .isEqualTo(ledgerPicks ? ConnectorWorld.PORTS - 1 : 1);
    }
  }

  @Test
  void aSourceThatIsGoneFailsOnThePort() throws Exception {
    try (var world = world(Setting.USUAL)) {
      assumeTrue(world.binds(), "the kernel picks a source that exists");
      var client = new ContractClient<>(world);
      Route route = new Route(world.lostSource(), world.peer());
      var attempt = client.connect(client.reserve(route)).awaitTold();

      attempt.assertTold("failed: LOCAL_PORT");
      assertThat(attempt.ending()).isEqualTo(Ending.SOURCE_GONE);
      assertThat(world.connector().ledger().tryReserve(List.of(route))).isNull();
      client.opened();
    }
  }
}
