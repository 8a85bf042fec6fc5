package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortState;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.ConnectorWorld.PeerEnd;
import io.fourtuple.testkit.ConnectorWorld.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
public abstract class ConnectorContract<C> {
  private static final int ROUNDS = 3;
  private static final int CROSSINGS = 30;

  /** A new world. */
  protected abstract ConnectorWorld<C> world(Setting setting) throws Exception;

  // ---- connect

  @Test
  void connectsFromThePortThatPaysForIt() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      PortReservation reservation = client.reserve(client.route());
      int promised = reservation.port();
      var attempt = client.connect(reservation).awaitConnected();

      assertThat(reservation.state()).isEqualTo(PortState.ESTABLISHED);
      assertThat(world.source().ports().contains(reservation.port())).isTrue();
      assertThat(promised)
          .isEqualTo(world.source().selection().ledgerPicks() ? reservation.port() : 0);
      assertThat(attempt.peer().remotePort()).isEqualTo(reservation.port());
      assertThat(attempt.isUsable()).isTrue();
      assertThat(client.census().established()).isOne();
      assertThat(world.establishedInKernel()).isOne();
    }
  }

  @Test
  void asManyConnectionsAsPortsStandAndNoneIsRefused() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempts = client.openedOnAllPorts();

      assertThat(attempts.stream().map(it -> it.reservation.port()))
          .doesNotHaveDuplicates()
          .allMatch(world.source().ports()::contains);
      assertThat(client.census().established()).isEqualTo(ConnectorWorld.PORTS);
      assertThat(client.census().free()).isZero();
      assertThat(world.establishedInKernel()).isEqualTo(ConnectorWorld.PORTS);
      client.assertNothingAbsorbed();
    }
  }

  @Test
  void refusedConnectsCostNoPorts() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      Route route = new Route(world.source(), world.nobody());
      for (int i = 0; i < ROUNDS * ConnectorWorld.PORTS; i++) {
        world.await("a port that has rested", () -> free(world, route) > 0);
        var attempt = client.connect(world.nobody()).awaitTold();
        attempt.assertTold("failed: ENDPOINT");
        assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
      }
      world.await("rested ports", () -> free(world, route) == ConnectorWorld.PORTS);
      client.assertNothingAbsorbed();
    }
  }

  @Test
  void aSilentEndpointIsGivenUp() throws Exception {
    try (var world = world(Setting.USUAL.hastyToConnect())) {
      var client = new ContractClient<>(world);
      var attempt = client.connect(world.silent()).awaitTold();

      attempt.assertTold("failed: ENDPOINT");
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
      Route route = new Route(world.source(), world.silent());
      world.await("rested ports", () -> free(world, route) == ConnectorWorld.PORTS);
    }
  }

  @Test
  void aConnectInProgressCanBeTakenBack() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempt = client.connect(world.silent());
      attempt.cancel();
      attempt.cancel();

      attempt.awaitTold().assertTold("failed: CANCELLED");
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
      Route route = new Route(world.source(), world.silent());
      world.await("rested ports", () -> free(world, route) == ConnectorWorld.PORTS);
    }
  }

  @Test
  void whatIsConnectedIsNotTakenBack() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      attempt.cancel();
      PeerEnd peer = attempt.peer();
      peer.close();

      assertThat(attempt.ending()).isEqualTo(Ending.PEER_CLOSED_FIRST);
      attempt.assertTold("connected", "closed");
    }
  }

  @Test
  void aCancelThatCrossesTheConnectLosesNothing() throws Exception {
    try (var world = world(Setting.USUAL.hastyToClose())) {
      var client = new ContractClient<>(world);
      List<ContractClient<C>.Attempt> attempts = new ArrayList<>();
      for (int i = 0; i < CROSSINGS; i++) {
        var attempt = client.connect();
        attempts.add(attempt);
        attempt.cancel();
      }
      for (var attempt : attempts) {
        attempt.awaitTold();
        if (attempt.isConnected()) {
          attempt.close(CloseMode.ORDERLY);
          attempt.awaitClosed();
          assertThat(attempt.ending()).isEqualTo(Ending.RESET);
        } else {
          attempt.assertTold("failed: CANCELLED");
          assertThat(attempt.ending()).isIn(Ending.CONNECT_FAILED, Ending.RESET);
        }
      }
      world.await("rested ports", () -> client.census().free() == ConnectorWorld.PORTS);
    }
  }

  // ---- close

  @Test
  void ourCloseIsToldAtOnceAndSettledWithThePeersFin() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      attempt.close(CloseMode.ORDERLY);
      attempt.close(CloseMode.ORDERLY);
      PeerEnd peer = attempt.peer();
      peer.awaitEnd();
      attempt.awaitClosed();

      assertThat(attempt.isUsable()).isFalse();
      assertThat(attempt.isSettled()).isFalse();
      assertThat(client.census().closing()).isOne();
      peer.close();
      assertThat(attempt.ending()).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      world.await("TIME_WAIT", () -> client.census().timeWait() == 1);
      assertThat(world.timeWaitInKernel()).isOne();
      boolean canBeHad = world.source().selection() == PortSelection.OWNED;
      assertThat(client.census().reusable()).isEqualTo(canBeHad ? 1 : 0);
      attempt.assertTold("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource(Use.class)
  void aConnectionEndsWhenThePeerCloses(Use use) throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      use.begin(world, attempt.connection());
      attempt.peer().close();

      attempt.awaitClosed();
      assertThat(attempt.isUsable()).isFalse();
      assertThat(attempt.ending()).isEqualTo(Ending.PEER_CLOSED_FIRST);
      assertLeavesNothing(world, client);
    }
  }

  @ParameterizedTest
  @EnumSource(Use.class)
  void aConnectionEndsWhenThePeerResets(Use use) throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      use.begin(world, attempt.connection());
      attempt.peer().reset();

      attempt.awaitClosed();
      assertThat(attempt.isUsable()).isFalse();
      assertThat(attempt.ending()).isEqualTo(Ending.RESET);
      assertLeavesNothing(world, client);
    }
  }

  @Test
  void bothMayCloseAtOnce() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      for (int i = 0; i < CROSSINGS; i++) {
        var attempt = client.opened();
        PeerEnd peer = attempt.peer();
        attempt.close(CloseMode.ORDERLY);
        peer.close();

        assertThat(attempt.ending()).isIn(Ending.LOCAL_CLOSED_FIRST, Ending.PEER_CLOSED_FIRST);
        attempt.assertTold("connected", "closed");
      }
      world.await("the rest", () -> client.census().closing() == 0);
      assertThat(client.census().timeWait()).isGreaterThanOrEqualTo(world.timeWaitInKernel());
    }
  }

  @Test
  void aPeerThatStaysIsResetAfterTheCloseTimeout() throws Exception {
    try (var world = world(Setting.USUAL.hastyToClose())) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      attempt.close(CloseMode.ORDERLY);

      assertThat(attempt.ending()).isEqualTo(Ending.RESET);
      attempt.assertTold("connected", "closed");
      assertLeavesNothing(world, client);
    }
  }

  /** It need not be a reset: with owned ports an orderly close costs nothing. */
  @Test
  void aCloseByResetLeavesNoPortBehindThatIsMissed() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      PeerEnd peer = attempt.peer();
      attempt.close(CloseMode.RESET);
      peer.awaitEnd();
      peer.close();

      boolean owned = world.source().selection() == PortSelection.OWNED;
      assertThat(attempt.ending())
          .isIn(Ending.RESET, owned ? Ending.LOCAL_CLOSED_FIRST : Ending.RESET);
      attempt.assertTold("connected", "closed");
      world.await("rested ports", () -> client.census().free() == ConnectorWorld.PORTS);
    }
  }

  @Test
  void bytesThatNobodyAskedForEndAConnection() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      var leased = client.opened();
      var idle = client.opened();
      world.connector().onLease(leased.connection());
      leased.peer().send();
      idle.peer().send();
      idle.awaitClosed();
      leased.assertTold("connected");
      world.connector().onReturn(leased.connection());
      leased.peer().send();
      leased.awaitClosed();

      for (var attempt : List.of(leased, idle)) {
        assertThat(attempt.isUsable()).isFalse();
        attempt.peer().awaitEnd();
        attempt.peer().close();
        assertThat(attempt.ending()).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
        attempt.assertTold("connected", "closed");
      }
    }
  }

  // ---- the same ports again

  @ParameterizedTest
  @EnumSource(Way.class)
  void allPortsAreUsedAgainAndAgain(Way way) throws Exception {
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
        world.await("the rest", () -> client.census().closing() == 0);
        if (way.mayLeaveTimeWait() && world.source().selection() != PortSelection.OWNED) {
          world.await("tcp_tw_reuse_delay", () -> client.census().timeWait() == 0);
        }
        assertThat(client.census().free()).as("%s", client.census()).isEqualTo(ConnectorWorld.PORTS);
      }
      client.assertNothingAbsorbed();
    }
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void oneSinglePortIsUsedAgain(Way way) throws Exception {
    try (var world = world(way.setting().withOnePort())) {
      var client = new ContractClient<>(world);
      for (int round = 0; round < 2; round++) {
        var attempt = client.opened();
        assertThat(client.tryReserve()).isNull();
        way.begin(attempt);
        way.finish(attempt);
        world.await("the rest", () -> client.census().free() == 1);
      }
      client.assertNothingAbsorbed();
    }
  }

  @Test
  void timeWaitIsWaitedForUnlessThePortsAreOwned() throws Exception {
    try (var world = world(Setting.USUAL.withoutReuse())) {
      var client = new ContractClient<>(world);
      var attempts = client.openedOnAllPorts();
      for (var attempt : attempts) {
        Way.WE_CLOSE_FIRST.begin(attempt);
        Way.WE_CLOSE_FIRST.finish(attempt);
      }
      world.await("TIME_WAIT", () -> client.census().timeWait() == ConnectorWorld.PORTS);
      assertThat(world.timeWaitInKernel()).isEqualTo(ConnectorWorld.PORTS);
      PortCensus census = client.census();
      if (world.source().selection() == PortSelection.OWNED) {
        assertThat(census.free()).isEqualTo(ConnectorWorld.PORTS);
        client.openedOnAllPorts();
        client.assertNothingAbsorbed();
      } else {
        assertThat(client.tryReserve()).isNull();
        assertThat(census.nanosToNextFree()).isBetween(1L, 66_000_000_000L);
        world.neighboursConnectWhileTheyCan();
        assertThat(world.establishedInKernel()).as("the ledger refused in vain").isZero();
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
          world, client, reservation, taken, owned ? Ending.PORT_TAKEN : Ending.TUPLE_TAKEN);
    }
  }

  @Test
  void aTupleThatANeighbourHoldsIsMetOnceAndTheOthersServe() throws Exception {
    try (var world = world(Setting.USUAL)) {
      var client = new ContractClient<>(world);
      PortReservation reservation = client.reserve(client.route());
      int taken = portOf(reservation);
      world.neighbourConnects(taken);

      assertAllOthersServe(world, client, reservation, taken, Ending.TUPLE_TAKEN);
    }
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
  void whereTheKernelFindsNoPortTheLedgerBelievesIt() throws Exception {
    try (var world = world(Setting.USUAL)) {
      assumeTrue(!world.source().selection().ledgerPicks(), "the ledger knows each port");
      var client = new ContractClient<>(world);
      client.opened();
      world.neighboursConnectWhileTheyCan();
      var attempt = client.connect().awaitTold();

      attempt.assertTold("failed: LOCAL_PORT");
      assertThat(attempt.ending()).isEqualTo(Ending.TUPLE_TAKEN);
      assertThat(client.census().capacity()).isOne();
      assertThat(client.tryReserve()).isNull();
      assertThat(world.connector().ledger().stats().absorbed()).isOne();
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

  private static int free(ConnectorWorld<?> world, Route route) {
    return world.connector().ledger().census(route).free();
  }

  private void assertLeavesNothing(ConnectorWorld<C> world, ContractClient<C> client)
      throws Exception {
    world.await("rested ports", () -> client.census().free() == ConnectorWorld.PORTS);
    assertThat(client.census().used()).isZero();
    assertThat(world.timeWaitInKernel()).isZero();
    assertThat(world.establishedInKernel()).isZero();
  }

  /** What a connection is doing. */
  enum Use {
    IDLE,
    LEASED;

    <C> void begin(ConnectorWorld<C> world, C connection) {
      if (this == LEASED) {
        world.connector().onLease(connection);
      }
    }
  }

  /** The ways in which a connection ends. */
  enum Way {
    PEER_CLOSES_FIRST,
    PEER_RESETS,
    WE_RESET,
    WE_CLOSE_FIRST,
    BOTH_CLOSE,
    PEER_STAYS;

    Setting setting() {
      return this == PEER_STAYS ? Setting.USUAL.hastyToClose() : Setting.USUAL;
    }

    boolean mayLeaveTimeWait() {
      return this == WE_CLOSE_FIRST || this == BOTH_CLOSE || this == WE_RESET;
    }

    void begin(ContractClient<?>.Attempt attempt) throws Exception {
      PeerEnd peer = attempt.peer();
      switch (this) {
        case PEER_CLOSES_FIRST -> peer.close();
        case PEER_RESETS -> peer.reset();
        case WE_RESET -> attempt.close(CloseMode.RESET);
        case WE_CLOSE_FIRST, PEER_STAYS -> attempt.close(CloseMode.ORDERLY);
        case BOTH_CLOSE -> {
          attempt.close(CloseMode.ORDERLY);
          peer.close();
        }
      }
    }

    void finish(ContractClient<?>.Attempt attempt) throws Exception {
      if (this == WE_CLOSE_FIRST || this == WE_RESET) {
        attempt.peer().awaitEnd();
        attempt.peer().close();
      }
      Ending ending = attempt.ending();
      switch (this) {
        case PEER_CLOSES_FIRST -> assertThat(ending).isEqualTo(Ending.PEER_CLOSED_FIRST);
        case PEER_RESETS, PEER_STAYS -> assertThat(ending).isEqualTo(Ending.RESET);
        case WE_RESET -> assertThat(ending).isIn(Ending.RESET, Ending.LOCAL_CLOSED_FIRST);
        case WE_CLOSE_FIRST -> assertThat(ending).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
        case BOTH_CLOSE ->
            assertThat(ending).isIn(Ending.LOCAL_CLOSED_FIRST, Ending.PEER_CLOSED_FIRST);
      }
    }
  }
}
