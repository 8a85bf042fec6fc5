package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How connections end, and how their ports are settled. Runs in a private network: see {@link
 * ConnectorIT}.
 */
class CloseScenarios {
  @ParameterizedTest
  @EnumSource
  void dropsWhatThePeerStillSendsAfterOurFin(Way way) throws Exception {
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
  @EnumSource(names = {"EPOLL_PINNED", "IO_URING_PINNED"})
  void aPortRestsForAllOfTimeWaitWhereTheConnectionHadNoTimestamps(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Sysctl.TIMESTAMPS.write("0");
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.close(channel, CloseMode.ORDERLY);
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();
      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);

      List<Route> routes = List.of(attempt.reservation.route());
      while (rig.ledger.expiries(routes, 1).isEmpty()) { // TIME_WAIT is yet to begin
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(rig.ledger.expiries(routes, 1).get(0)).isGreaterThan(Duration.ofSeconds(10));
    } finally {
      Sysctl.TIMESTAMPS.write("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void letsAPeerCloseFirstThatHasSaidSo(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.onLease(channel);
      PooledChannels.expectPeerClose(channel);
      assertThat(rig.connector.isUsable(channel)).isFalse();
      rig.connector.onReturn(channel);
      endBefore(peer, rig, channel);
      attempt.awaitClosed();

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.PEER_CLOSED_FIRST);
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitsOnceForAPeerThatBreaksItsWord(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way, b -> b.closeTimeout(Rig.SHORT_CLOSE_TIMEOUT))) {
      Attempt first = rig.connect(server.endpoint());
      Channel broken = first.channel();
      Socket peer = server.next();
      Attempt second = rig.connect(server.endpoint(), broken.eventLoop());
      Channel next = second.channel();
      Socket nextPeer = server.next();
      PooledChannels.expectPeerClose(broken);
      rig.connector.close(broken, CloseMode.ORDERLY);
      assertEndedByUs(way, peer);

      PooledChannels.expectPeerClose(next);
      endBefore(nextPeer, rig, next);

      // After our FIN a slow test may meet the next time-out, too.
      assertThat(second.endingOf(next)).isIn(ourEnding(way), Ending.RESET);
      peer.close();
      assertThat(first.endingOf(broken)).isIn(ourEnding(way), Ending.RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsWhatIsCutOffWhereThatFreesAPort(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.onLease(channel);
      PooledChannels.cutOff(channel);
      assertThat(rig.connector.isUsable(channel)).isFalse();
      rig.connector.onReturn(channel);
      rig.connector.close(channel, CloseMode.ORDERLY);
      assertEndedByUs(way, peer);
      peer.close();

      assertThat(attempt.endingOf(channel)).isEqualTo(ourEnding(way));
    }
  }

  /** Closes, and has the peer close before the event loop hears of anything else. */
  private static void endBefore(Socket peer, Rig rig, Channel channel) throws Exception {
    Callable<Void> both =
        () -> {
          rig.connector.close(channel, CloseMode.ORDERLY);
          try {
            peer.shutdownOutput();
          } catch (SocketException reset) {
            // We were first.
          }
          return null;
        };
    channel.eventLoop().submit(both).get(10, TimeUnit.SECONDS);
  }

  /** By a reset, unless ports come out of TIME_WAIT at once. */
  private static Ending ourEnding(Way way) {
    return way.selection == PortSelection.OWNED ? Ending.LOCAL_CLOSED_FIRST : Ending.RESET;
  }

  private static void assertEndedByUs(Way way, Socket peer) throws IOException {
    if (ourEnding(way) == Ending.RESET) {
      assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketException.class);
    } else {
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsIdleConnectionsWhereThatFreesAPort(Way way) throws Exception {
    try (Rig rig = new Rig(way)) {
      assertIdleIsReset(way, rig);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsThemWhereTheHandshakeHasMadeNoTls(Way way) throws Exception {
    try (Rig rig =
        new Rig(way, b -> b.handshake((channel, request, ready) -> ready.setSuccess()))) {
      assertIdleIsReset(way, rig);
    }
  }

  private static void assertIdleIsReset(Way way, Rig rig) throws Exception {
    try (RawServer server = RawServer.accepting()) {
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
  void remembersThatAHandlerClosedItsHalfFirst(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      rig.connector.onLease(channel);
      ((DuplexChannel) channel).shutdownOutput().sync();
      Socket peer = server.next();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      channel.eventLoop().submit(() -> {}).sync(); // the event follows the promise
      assertThat(rig.connector.isUsable(channel)).isFalse();
      peer.close();

      assertThat(attempt.endingOf(channel)).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesInTimeWhatAHandlerHoldsBack(Way way) throws Exception {
    var holdsBack =
        new ChannelOutboundHandlerAdapter() {
          @Override
          public void close(ChannelHandlerContext context, ChannelPromise promise) {
            // Never passes it on.
          }
        };
    try (RawServer server = RawServer.accepting();
        Rig rig =
            new Rig(
                way,
                b ->
                    b.closeTimeout(Rig.SHORT_CLOSE_TIMEOUT)
                        .handler((channel, to) -> channel.pipeline().addLast(holdsBack)))) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.connector.close(channel, CloseMode.ORDERLY);
      attempt.awaitClosed();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();

      // Our FIN came first; a slow test may meet the next time-out, too.
      assertThat(attempt.endingOf(channel)).isIn(Ending.LOCAL_CLOSED_FIRST, Ending.RESET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void doesNotClaimToHaveClosedFirstWhereTheKernelKnowsBetter(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      channel.eventLoop().submit(() -> channel.config().setAutoRead(false)).sync();
      server.next().close(); // its FIN is in the kernel, unread
      rig.connector.close(channel, CloseMode.ORDERLY);

      // Java's own sockets cannot tell, and the longer rest is the safe answer.
      assertThat(attempt.endingOf(channel))
          .isEqualTo(way.hasTcpInfo() ? Ending.PEER_CLOSED_FIRST : Ending.LOCAL_CLOSED_FIRST);
    }
  }
}
