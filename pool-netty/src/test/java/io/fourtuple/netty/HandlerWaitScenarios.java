package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Connects through {@link PortBudgetHandler} that find the budget spent. Runs in a private network,
 * on Netty 4.2 and 4.1: see {@link PortBudgetHandlerIT}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the outcome is looked at
class HandlerWaitScenarios {
  @AfterEach
  void letTheKernelReusePortsAsItDoesByDefault() throws Exception {
    Sysctl.TIME_WAIT_REUSE.write("2");
  }

  @ParameterizedTest
  @EnumSource
  void whoWaitsIsServedInOrderAsChannelsClose(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      Channel first = rig.connected(server.endpoint());
      Channel second = rig.connected(server.endpoint());
      List<ChannelFuture> waiting =
          Stream.generate(() -> rig.connect(server.endpoint())).limit(3).toList();
      rig.awaitWaiting(3);

      rig.resetByPeer(server, first);
      Channel third = ClientRig.channel(waiting.get(0));
      assertThat(rig.handler.waiting()).isEqualTo(2);
      rig.resetByPeer(server, second);
      ClientRig.channel(waiting.get(1));
      assertThat(rig.handler.waiting()).isOne();
      third.close();
      rig.peerOf(server, third).close();
      if (!way.isExclusive()) { // whose TIME_WAIT would last a minute
        ClientRig.channel(waiting.get(2));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoGetsNoPortInTimeIsToldTheNumbers(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      rig.connected(server.endpoint());
      ChannelFuture late = rig.connect(server.endpoint(), ClientRig.SHORT_MILLIS);

      assertThat(ClientRig.failure(late))
          .isInstanceOf(PortsExhaustedException.class)
          .hasMessageContaining("established=1")
          .hasMessageContaining(server.endpoint().toString());
      assertThat(((PortsExhaustedException) late.cause()).waited())
          .isGreaterThanOrEqualTo(Duration.ofMillis(ClientRig.SHORT_MILLIS));
      assertThat(rig.handler.waiting()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectAfterWaitingHasOnlyTheTimeThatIsLeft(Way way) throws Exception {
    CompletableFuture<Integer> seen = new CompletableFuture<>();
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel holder = rig.connected(server.endpoint());
      Channel channel = rig.registered();
      channel.pipeline().addFirst(new TimeoutOfConnect(seen));
      ChannelFuture connect = channel.connect(server.endpoint().toSocketAddress());
      rig.awaitWaiting(1);
      rig.resetByPeer(server, holder);

      ClientRig.channel(connect);
      assertThat(seen.get()).isBetween(1, ClientRig.LONG_MILLIS - 1);
      assertThat(channel.config().getConnectTimeoutMillis()).isEqualTo(ClientRig.LONG_MILLIS);
    }
  }

  private static final class TimeoutOfConnect extends ChannelOutboundHandlerAdapter {
    private final CompletableFuture<Integer> seen;

    TimeoutOfConnect(CompletableFuture<Integer> seen) {
      this.seen = seen;
    }

    @Override
    public void connect(
        ChannelHandlerContext context,
        SocketAddress remote,
        SocketAddress local,
        ChannelPromise promise) {
      seen.complete(context.channel().config().getConnectTimeoutMillis());
      context.connect(remote, local, promise);
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneTooManyIsRefusedAtOnce(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Bootstrap impatient = rig.bootstrap(rig.handler.withMaxWaiters(0), 0);
      ClientRig.channel(impatient.connect(server.endpoint().toSocketAddress()));
      ChannelFuture refused = impatient.connect(server.endpoint().toSocketAddress());

      assertThat(ClientRig.failure(refused)).isInstanceOf(PortsExhaustedException.class);
    }
  }

  /** Where a refused connect leaves the channel open, it may be tried again there. */
  @ParameterizedTest
  @EnumSource
  void whoWasRefusedMayConnectAgainWithinABudget(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel holder = rig.connected(server.endpoint());
      Channel channel = rig.registered();
      channel.config().setConnectTimeoutMillis(ClientRig.SHORT_MILLIS);
      ClientRig.failure(channel.connect(server.endpoint().toSocketAddress()));
      channel.config().setConnectTimeoutMillis(ClientRig.LONG_MILLIS);
      ChannelFuture again = channel.connect(server.endpoint().toSocketAddress());
      rig.awaitWaiting(1);
      rig.resetByPeer(server, holder);

      ClientRig.channel(again);
      assertThat(rig.count(PortCensus::established)).isOne();
    }
  }

  /** OWNED takes its ports out of TIME_WAIT. */
  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*OWNED")
  void whoCannotGetAPortInTimeIsRefusedEarly(Way way) throws Exception {
    Sysctl.TIME_WAIT_REUSE.write("0");
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      for (int i = 0; i < 2; i++) {
        Channel channel = rig.connected(server.endpoint());
        Socket peer = rig.peerOf(server, channel);
        channel.close().sync();
        assertThat(peer.getInputStream().read()).isEqualTo(-1);
        peer.close();
      }
      ChannelFuture connect = rig.connect(server.endpoint()).await();
      assumeFalse(connect.isSuccess(), "the kernel has cut a TIME_WAIT short, and told the ledger");
      PortsExhaustedException refused = (PortsExhaustedException) ClientRig.failure(connect);

      Duration timeout = Duration.ofMillis(ClientRig.LONG_MILLIS);
      assertThat(refused.retryAfter()).hasValueSatisfying(d -> assertThat(d).isPositive());
      assertThat(refused.waited()).isLessThan(timeout);
    }
  }

  /** Nobody sees who closed first, but the kernel's table shows that nothing is left. */
  @ParameterizedTest
  @EnumSource
  void aPeerThatClosesFirstLeavesThePortToWhoeverWaits(Way way) throws Exception {
    Sysctl.TIME_WAIT_REUSE.write("0");
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      List<Channel> channels =
          List.of(rig.connected(server.endpoint()), rig.connected(server.endpoint()));
      for (Channel channel : channels) {
        rig.peerOf(server, channel).close();
        assertThat(channel.closeFuture().await(10_000)).isTrue();
      }

      rig.connected(server.endpoint());
      rig.connected(server.endpoint());
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {".*OWNED", ".*PINNED", ".*UNBOUND"})
  void whoWaitsGoesOnWhenBudgetsAreNotEnforcedAnyMore(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      rig.connected(server.endpoint());
      List<ChannelFuture> waiting =
          Stream.generate(() -> rig.connect(server.endpoint())).limit(3).toList();
      rig.awaitWaiting(3);
      Sysctl.localPortRange(Way.EPHEMERAL);
      rig.ledger.enforcement(Enforcement.OBSERVE);

      waiting.forEach(ClientRig::channel);
      assertThat(rig.count(PortCensus::established)).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoIsClosedOrCancelledLeavesTheQueue(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      Channel holder = rig.connected(server.endpoint());
      ChannelFuture closed = rig.connect(server.endpoint());
      ChannelFuture cancelled = rig.connect(server.endpoint());
      ChannelFuture last = rig.connect(server.endpoint());
      rig.awaitWaiting(3);
      closed.channel().close();
      assertThat(cancelled.cancel(false)).isTrue();
      rig.awaitWaiting(1);

      assertThat(ClientRig.failure(closed)).isInstanceOf(ClosedChannelException.class);
      assertThat(cancelled.channel().closeFuture().await(10_000)).isTrue();
      rig.resetByPeer(server, holder);
      ClientRig.channel(last);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nobodyIsForgottenAmongManyWhoComeAndGo(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      List<Channel> holders =
          List.of(rig.connected(server.endpoint()), rig.connected(server.endpoint()));
      List<ChannelFuture> connects =
          Stream.generate(() -> rig.connect(server.endpoint())).limit(16).toList();
      rig.awaitWaiting(16);
      IntStream.range(0, 16).filter(i -> i % 2 == 0).forEach(i -> connects.get(i).cancel(false));
      List<ChannelFuture> stay =
          IntStream.range(0, 16).filter(i -> i % 2 == 1).mapToObj(connects::get).toList();
      for (Channel holder : holders) {
        rig.resetByPeer(server, holder);
      }
      if (way.selection.ledgerPicks() && !way.isExclusive()) {
        for (ChannelFuture connect : stay) {
          rig.resetByPeer(server, ClientRig.channel(connect));
        }
      } else { // each rests until the kernel's table is read
        stay.subList(0, 2).forEach(ClientRig::channel);
      }
    }
  }
}
