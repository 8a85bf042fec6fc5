package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortState;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.ConnectorWorld.PeerEnd;
import io.fourtuple.testkit.ConnectorWorld.Setting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The part of {@link ConnectorContract} about one connection: what is told of it, once and in
 * order, and how its port is settled.
 *
 * @param <C> the connections' type
 */
abstract class ConnectionContract<C> {
  private static final int CROSSINGS = 60;

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
      for (int i = 0; i < 2 * ConnectorWorld.PORTS; i++) {
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
    try (var world = world(Setting.USUAL.withoutReuse())) {
      var client = new ContractClient<>(world);
      var attempt = client.opened();
      PeerEnd peer = attempt.peer(); // a FIN right behind the handshake may be answered by a reset
      attempt.close(CloseMode.ORDERLY);
      attempt.close(CloseMode.ORDERLY);
      peer.awaitEnd();
      attempt.awaitClosed();

      assertThat(attempt.isUsable()).isFalse();
      assertThat(attempt.isSettled()).isFalse();
      assertThat(client.census().closing()).isOne();
      peer.close();
      assertThat(attempt.ending()).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      world.await("TIME_WAIT", () -> client.census().timeWait() == 1);
      world.await("TIME_WAIT in the kernel", () -> world.timeWaitInKernel() == 1);
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
    try (var world = world(Setting.USUAL.withoutReuse())) {
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

  static int free(ConnectorWorld<?> world, Route route) {
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
}
