package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs in a private network: see {@link ConnectorIT}. */
class ConnectorScenarios {
  @ParameterizedTest
  @EnumSource
  void carriesBytesOnThePortThatWasReserved(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      PortReservation reservation = rig.reserve(server.endpoint());
      int reserved = reservation.port();
      Attempt attempt = rig.connect(reservation, Duration.ofSeconds(10));
      Channel channel = attempt.channel();
      Socket peer = server.next();

      assertThat(peer.getPort()).isEqualTo(reservation.port());
      assertThat(way.ports().contains(peer.getPort())).isTrue();
      if (way.selection.ledgerPicks()) {
        assertThat(peer.getPort()).isEqualTo(reserved);
      }
      assertThat(rig.ledger.census(reservation.route()).established()).isOne();
      rig.connector.onLease(channel);
      channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {42}));
      assertThat(peer.getInputStream().read()).isEqualTo(42);
      assertThat(rig.connector.isUsable(channel)).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesInOrderAndSeesBothFins(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();

      rig.connector.close(channel, CloseMode.ORDERLY);
      rig.connector.close(channel, CloseMode.ORDERLY);
      attempt.awaitClosed();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      assertThat(channel.isOpen()).isTrue();
      peer.getOutputStream().write(new byte[100]);
      peer.close();

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void turnsTheCloseOfAHandlerIntoAnOrderlyOne(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();

      var closed = channel.close();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      assertThat(closed.isDone()).isFalse();
      peer.close();

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsAfterTheCloseTimeoutWhenThePeerIsSilent(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();

      rig.connector.close(channel, CloseMode.ORDERLY);

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.RESET);
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void noticesThePeersFinWhileIdle(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();

      server.next().close();

      attempt.awaitClosed();
      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.PEER_CLOSED_FIRST);
      assertThat(rig.connector.isUsable(channel)).isFalse();
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void noticesAReset(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();

      peer.setSoLinger(true, 0);
      peer.close();

      attempt.awaitClosed();
      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.RESET);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void discardsAnIdleConnectionThatReceivesBytes(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.onLease(channel);
      rig.connector.onReturn(channel);

      peer.getOutputStream().write(1);

      attempt.awaitClosed();
      assertThat(rig.connector.isUsable(channel)).isFalse();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();
      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void handsBytesToHandlersWhileLeased(Way way) throws Exception {
    var reader = new FirstByte();
    try (RawServer server = RawServer.accepting();
        Rig rig =
            new Rig(way, b -> b.handler((channel, to) -> channel.pipeline().addLast(reader)))) {
      Attempt attempt = rig.connect(server.endpoint());
      rig.connector.onLease(attempt.channel());
      server.next().getOutputStream().write(7);

      assertThat(reader.value.get(10, TimeUnit.SECONDS)).isEqualTo((byte) 7);
      attempt.assertCalls("connected");
    }
  }

  private static final class FirstByte extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Byte> value = new CompletableFuture<>();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      value.complete(((ByteBuf) message).readByte());
      ReferenceCountUtil.release(message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void letsAPeerCloseFirstThatHasSaidSo(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way, b -> b.closeTimeout(Duration.ofSeconds(10)))) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.onLease(channel);
      PooledChannels.expectPeerClose(channel);
      assertThat(rig.connector.isUsable(channel)).isFalse();
      rig.connector.onReturn(channel);
      rig.connector.close(channel, CloseMode.ORDERLY);
      attempt.awaitClosed();

      peer.shutdownOutput();

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.PEER_CLOSED_FIRST);
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesFirstWhenThePeerBreaksItsWord(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      PooledChannels.expectPeerClose(channel);
      rig.connector.close(channel, CloseMode.ORDERLY);

      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsIdleConnectionsWhereThatFreesAPort(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.close(channel, CloseMode.RESET);
      if (way.selection == PortSelection.OWNED) {
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
        peer.close();
      }

      assertThat(attempt.endingOf(channel))
          .isEqualTo(
              way.selection == PortSelection.OWNED ? Ending.LOCAL_CLOSED_FIRST : Ending.RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void freesThePortOfARefusedConnect(Way way) throws Exception {
    Endpoint nobody;
    try (RawServer server = RawServer.accepting()) {
      nobody = server.endpoint();
    }
    try (Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(nobody);

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.failure().cause()).hasMessageContaining("refused");
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesUpOnASilentEndpoint(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        Rig rig = new Rig(way, b -> b.connectTimeout(Duration.ofMillis(100)))) {
      Attempt attempt = rig.connect(server.endpoint());

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.failure().cause()).hasMessageContaining("timed out after 100 ms");
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectsNoLongerThanTheDeadline(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        Rig rig = new Rig(way)) {
      Attempt attempt =
          rig.connect(rig.reserve(server.endpoint()), Duration.ofMillis(100));
      Attempt late = rig.connect(rig.reserve(server.endpoint()), Duration.ZERO);

      assertThat(late.failure().kind()).isEqualTo(Kind.CANCELLED);
      assertThat(late.ending()).isEqualTo(Ending.ABANDONED);
      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void cancelsAConnectInProgress(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      attempt.cancel();
      attempt.cancel();

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.CANCELLED);
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void leaksNothingWhenCancelAndConnectCross(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      List<Attempt> attempts = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Attempt attempt = rig.connect(server.endpoint());
        attempts.add(attempt);
        attempt.cancel();
      }
      for (Attempt attempt : attempts) {
        attempt.awaitOutcome();
        if (attempt.calls.contains("connected")) {
          rig.connector.close(attempt.channel(), CloseMode.ORDERLY);
          attempt.endingOf(attempt.channel());
          attempt.assertCalls("connected", "closed");
        } else {
          attempt.assertCalls("failed");
          assertThat(attempt.ending()).isIn(Ending.CONNECT_FAILED, Ending.RESET);
        }
      }
      assertThat(rig.ledger.census(attempts.get(0).reservation.route()).established()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsAPortThatAListenerHolds(Way way) throws Exception {
    if (!way.selection.ledgerPicks()) {
      return;
    }
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way);
        ServerSocket holder = new ServerSocket()) {
      PortReservation reservation = rig.reserve(server.endpoint());
      holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), reservation.port()));
      Attempt attempt = rig.connect(reservation, Duration.ofSeconds(10));

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.LOCAL_PORT);
      assertThat(attempt.ending())
          .isEqualTo(
              way.selection == PortSelection.OWNED ? Ending.PORT_TAKEN : Ending.TUPLE_TAKEN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsATupleThatIsTaken(Way way) throws Exception {
    List<Socket> holders = new ArrayList<>();
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      PortReservation reservation = rig.reserve(server.endpoint());
      if (way.selection.ledgerPicks()) {
        Socket holder = new Socket();
        holders.add(holder);
        holder.setReuseAddress(true);
        holder.bind(new InetSocketAddress("127.0.0.1", reservation.port()));
        holder.connect(server.endpoint().toSocketAddress());
      } else {
        connectUntilTheKernelRefuses(server, holders);
      }
      Attempt attempt = rig.connect(reservation, Duration.ofSeconds(10));

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.LOCAL_PORT);
      assertThat(attempt.ending()).isEqualTo(Ending.TUPLE_TAKEN);
    } finally {
      for (Socket holder : holders) {
        holder.setSoLinger(true, 0);
        holder.close();
      }
    }
  }

  private static void connectUntilTheKernelRefuses(RawServer server, List<Socket> holders)
      throws Exception {
    for (int i = 0; i <= Way.EPHEMERAL.size(); i++) {
      Socket holder = new Socket();
      try {
        holder.connect(server.endpoint().toSocketAddress());
        holders.add(holder);
      } catch (BindException noPortLeft) {
        holder.close();
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsASourceThatIsGone(Way way) throws Exception {
    if (!way.binds) {
      return;
    }
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Route route =
          new Route(rig.source(InetAddress.getByName("192.0.2.77")), server.endpoint());
      Attempt attempt = rig.connect(rig.reserve(route), Duration.ofSeconds(10));

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.LOCAL_PORT);
      assertThat(attempt.ending()).isEqualTo(Ending.SOURCE_GONE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void bindsNothingWhileObserving(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      rig.ledger.enforcement(Enforcement.OBSERVE);
      Attempt attempt = rig.connect(server.endpoint());
      attempt.channel();

      int port = server.next().getPort();
      assertThat(Way.EPHEMERAL.contains(port)).isTrue();
      assertThat(attempt.reservation.port()).isEqualTo(port);
    }
  }

  @ParameterizedTest
  @EnumSource
  void takesAnOwnTupleAgainAtOnceAfterTheRest(Way way) throws Exception {
    if (way.selection != PortSelection.OWNED) {
      return;
    }
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      for (int i = 0; i < 3 * Way.BLOCK.size(); i++) {
        Attempt attempt = rig.connect(server.endpoint());
        Channel channel = attempt.channel();
        Socket peer = server.next();
        rig.connector.close(channel, CloseMode.ORDERLY);
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
        peer.close();
        assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      }
      assertThat(rig.ledger.stats().absorbed()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsWhenTheUsersSetUpFails(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig =
            new Rig(
                way,
                b ->
                    b.handler(
                        (channel, to) -> {
                          throw new IllegalStateException("no such protocol: " + to.name());
                        }))) {
      Attempt attempt = rig.connect(server.endpoint());

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.HOST);
      assertThat(attempt.failure().cause()).hasMessage("no such protocol: pool.test");
      assertThat(attempt.ending()).isEqualTo(Ending.RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void failsOnceTheEventLoopsAreGone(Way way) throws Exception {
    try (RawServer server = RawServer.accepting()) {
      Rig rig = new Rig(way);
      Attempt open = rig.connect(server.endpoint());
      Channel channel = open.channel();
      rig.close();
      assertThat(channel.eventLoop().parent().terminationFuture().await(10_000)).isTrue();
      Attempt late = rig.connect(server.endpoint());

      assertThat(late.failure().kind()).isEqualTo(Kind.HOST);
      assertThat(late.ending()).isEqualTo(Ending.ABANDONED);
      open.awaitClosed();
      assertThat(open.ending()).isEqualTo(Ending.UNKNOWN);
    }
  }
}
