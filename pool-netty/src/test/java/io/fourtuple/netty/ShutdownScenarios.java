package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.PortCensus;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Event loops that end while something is open on them: every port is settled. Runs in a private
 * network: see {@link ConnectorIT}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // The end of the loop is awaited.
class ShutdownScenarios {
  @ParameterizedTest
  @EnumSource
  void aClosedConnectorEndsItsLoopsAfterTheFinOfTheLastPeer(Way way) throws Exception {
    try (RawServer server = RawServer.accepting()) {
      Rig rig = new Rig(way);
      ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector);
      Channel channel;
      Socket peer;
      try (var lease = pool.acquire(Destination.of(server.endpoint()), Duration.ofSeconds(10))) {
        channel = lease.connection();
        peer = server.next();
      }
      pool.close(Duration.ZERO).get(10, TimeUnit.SECONDS);
      rig.close();
      rig.close();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      // After the connector's own task.
      assertThat(channel.eventLoop().submit(() -> channel.eventLoop().isShuttingDown()).get())
          .isFalse();
      assertThat(live(rig)).isOne();
      peer.close();

      assertThat(channel.eventLoop().terminationFuture().await(10_000)).isTrue();
      SocketWorld.awaitUntil("no live port", () -> live(rig) == 0);
      assertThat(channel.isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClosedConnectorClosesInOrderWhatIsOpen(Way way) throws Exception {
    try (RawServer server = RawServer.accepting()) {
      Rig rig = new Rig(way);
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.close();
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      peer.close();

      assertThat(channel.eventLoop().terminationFuture().await(10_000)).isTrue();
      assertThat(attempt.ending()).isEqualTo(Ending.LOCAL_CLOSED_FIRST);
      attempt.assertCalls("connected", "closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aClosedConnectorResetsWhereThePeerHoldsItsFinBack(Way way) throws Exception {
    try (RawServer server = RawServer.accepting()) {
      Rig rig = new Rig(way, b -> b.closeTimeout(Rig.SHORT_CLOSE_TIMEOUT));
      Attempt attempt = rig.connect(server.endpoint());
      Channel channel = attempt.channel();
      Socket peer = server.next();
      rig.close();

      assertThat(channel.eventLoop().terminationFuture().await(10_000)).isTrue();
      assertThat(attempt.ending()).isEqualTo(Ending.RESET);
      assertThat(peer.isClosed()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLoopOfTheUsersThatEndsAtOnceLeavesNoPortUnsettled(Way way) throws Exception {
    EventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, ChannelTransport.of(way.transport).ioHandlerFactory());
    try (RawServer server = RawServer.accepting();
        RawServer silent = RawServer.silent();
        Rig rig = new Rig(way, b -> b.eventLoopGroup(group))) {
      Attempt idle = rig.connect(server.endpoint());
      idle.channel();
      Attempt leased = rig.connect(server.endpoint());
      rig.connector.onLease(leased.channel());
      Attempt draining = rig.connect(server.endpoint());
      rig.connector.close(draining.channel(), CloseMode.ORDERLY);
      draining.awaitClosed();
      Attempt connecting = rig.connect(silent.endpoint());
      EventLoop loop = (EventLoop) group.iterator().next();
      loop.submit(() -> {}).sync();

      // Without a quiet period, and from within: the loop does not come to close its channels.
      loop.execute(() -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
      assertThat(loop.terminationFuture().await(10_000)).isTrue();
      Attempt late = rig.connect(server.endpoint());

      assertThat(List.of(idle, leased, draining, connecting, late))
          .allMatch(attempt -> attempt.reservation.isSettled());
      SocketWorld.awaitUntil("no live port", () -> live(rig) == 0);
      List.of(idle, leased, draining)
          .forEach(attempt -> attempt.assertCalls("connected", "closed"));
      List.of(connecting, late).forEach(attempt -> attempt.assertCalls("failed"));
      assertThat(connecting.failure().kind()).isEqualTo(Kind.HOST);
      assertThat(late.failure().kind()).isEqualTo(Kind.HOST);
    }
  }

  private static int live(Rig rig) {
    return rig.ledger.census().stream().mapToInt(ShutdownScenarios::live).sum();
  }

  private static int live(PortCensus census) {
    return census.reserved() + census.connecting() + census.established() + census.closing();
  }
}
