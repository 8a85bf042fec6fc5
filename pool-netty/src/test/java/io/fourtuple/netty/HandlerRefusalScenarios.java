package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortCensus;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Ports that the kernel refuses to a connect through {@link PortBudgetHandler}, because others hold
 * them, which its table has not told yet. Runs in a private network, on Netty 4.2 and 4.1: see
 * {@link PortBudgetHandlerIT}.
 */
class HandlerRefusalScenarios {
  private final List<Socket> others = new ArrayList<>();

  @AfterEach
  void closeOthers() throws IOException {
    for (Socket other : others) {
      try (other) {
        other.setSoLinger(true, 0);
      } catch (SocketException closed) {
        // It got no port.
      }
    }
  }

  private Socket other() {
    Socket socket = new Socket();
    others.add(socket);
    return socket;
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*OWNED")
  void aRefusedBindIsFollowedByAnotherPortOnTheSameChannel(Way way) throws Exception {
    InetAddress source = SocketWorld.freshAddress();
    int first = Way.BLOCK.first();
    for (int port : List.of(first, first + 2)) { // on any round, one lies between the other two
      other().bind(new InetSocketAddress(source, port));
    }
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 4, List.of(source), ClientRig.Table.NOT_READ)) {
      Set<Integer> ports =
          IntStream.range(0, 2)
              .mapToObj(i -> ClientRig.portOf(rig.connected(server.endpoint())))
              .collect(Collectors.toSet());

      assertThat(ports).isEqualTo(Set.of(first + 1, first + 3));
      assertThat(rig.ledger.stats().absorbed()).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {".*OWNED", ".*PINNED"})
  void aRefusedConnectTellsThePortAndAnotherChannelGetsAnother(Way way) throws Exception {
    InetAddress source = SocketWorld.freshAddress();
    int port = way.ports().ranges().get(0).first();
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2, List.of(source), ClientRig.Table.NOT_READ)) {
      Socket other = other();
      other.setReuseAddress(true);
      other.bind(new InetSocketAddress(source, port));
      other.connect(server.endpoint().toSocketAddress());
      ChannelFuture one = rig.connect(server.endpoint()).await();
      ChannelFuture two = rig.connect(server.endpoint()).await();

      ChannelFuture refused = one.isSuccess() ? two : one;
      PortRefusedException why = (PortRefusedException) ClientRig.failure(refused);
      assertThat(why.port()).isEqualTo(port);
      assertThat(why.route().orElseThrow().endpoint()).isEqualTo(server.endpoint());
      assertThat(why).hasMessageContaining(Integer.toString(port)).hasMessageContaining("foreign=");
      assertThat(refused.channel().isOpen()).isFalse();
      Channel works = ClientRig.channel(one == refused ? two : one);
      assertThat(ClientRig.portOf(works)).isEqualTo(port + 1);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*_KERNEL.*")
  void whereOthersHaveAllPortsThatTheKernelPicksItIsToldAsARefusal(Way way) throws Exception {
    InetAddress source = way.binds ? SocketWorld.freshAddress() : InetAddress.getLoopbackAddress();
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2, List.of(source), ClientRig.Table.NOT_READ)) {
      int taken = connectOthersFrom(source, server.endpoint());
      PortRefusedException why =
          (PortRefusedException) ClientRig.failure(rig.connect(server.endpoint()));

      assertThat(taken).isEqualTo(2);
      assertThat(why.port()).isZero();
      assertThat(why.census().orElseThrow().established()).isZero();
      closeOthers();
      rig.connected(server.endpoint());
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*UNBOUND")
  void observedTheRefusalIsTheTransportsOwn(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      rig.ledger.enforcement(Enforcement.OBSERVE);
      connectOthersFrom(InetAddress.getLoopbackAddress(), server.endpoint());

      assertThat(ClientRig.failure(rig.connect(server.endpoint())))
          .isNotInstanceOf(PortRefusedException.class)
          .hasMessageContaining("Cannot assign requested address");
    }
  }

  /** Until the kernel has no port left. */
  private int connectOthersFrom(InetAddress source, Endpoint to) throws IOException {
    int connected = 0;
    while (connected <= Way.EPHEMERAL.size()) {
      Socket other = other();
      try {
        if (!source.equals(InetAddress.getLoopbackAddress())) {
          other.bind(new InetSocketAddress(source, 0));
        }
        other.connect(to.toSocketAddress());
        connected++;
      } catch (BindException | ConnectException noPortLeft) {
        return connected;
      }
    }
    throw new AssertionError("the kernel gives more ports than it has");
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*UNBOUND")
  void aSourceThatHasLeftThisHostIsReplacedByAnother(Way way) throws Exception {
    InetAddress leaves = InetAddress.getByName("192.0.2.77");
    InetAddress stays = SocketWorld.freshAddress();
    way.require();
    changeAddress("replace", leaves);
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 8, List.of(leaves, stays), ClientRig.Table.NOT_READ)) {
      Set<InetAddress> before = sourcesOf(rig, server, 2);
      changeAddress("del", leaves);
      Set<InetAddress> after = sourcesOf(rig, server, 4);

      assertThat(before).containsExactlyInAnyOrder(leaves, stays);
      assertThat(after).containsExactly(stays);
      assertThat(rig.count(PortCensus::connecting)).isZero();
    }
  }

  private static Set<InetAddress> sourcesOf(ClientRig rig, RawServer server, int connects) {
    return IntStream.range(0, connects)
        .mapToObj(i -> (InetSocketAddress) rig.connected(server.endpoint()).localAddress())
        .map(InetSocketAddress::getAddress)
        .collect(Collectors.toSet());
  }

  private static void changeAddress(String how, InetAddress address) throws Exception {
    Process process =
        new ProcessBuilder("ip", "addr", how, address.getHostAddress() + "/32", "dev", "lo")
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
  }
}
