package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How connects go and fail. Runs in a private network: see {@link ConnectorIT}. */
class ConnectScenarios {
  private static final int LATE_MILLIS = 1_000;

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
  void givesUpOnASilentEndpoint(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        Rig rig = new Rig(way, b -> b.connectTimeout(Duration.ofMillis(100)))) {
      Attempt attempt = rig.connect(server.endpoint());

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.failure().cause()).isInstanceOf(ConnectTimeoutException.class);
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetsWhatIsConnectedWhenItsTimeIsOver(Way way) throws Exception {
    EventLoopGroup loops = ClientTransport.group(way.transport);
    try (RawServer server = RawServer.silent();
        Rig rig =
            new Rig(
                way, b -> b.eventLoopGroup(loops).connectTimeout(Duration.ofMillis(LATE_MILLIS)))) {
      Attempt attempt = rig.connect(server.endpoint());
      Socket peer = LateHandshake.atTheTimeOut(loops.next(), server, LATE_MILLIS);

      assertThat(attempt.failure().cause()).isInstanceOf(ConnectTimeoutException.class);
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
      assertThatThrownBy(() -> peer.getInputStream().read()).isInstanceOf(SocketException.class);
    } finally {
      loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectsNoLongerThanTheDeadline(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        Rig rig = new Rig(way)) {
      Attempt late = rig.connect(rig.reserve(server.endpoint()), Duration.ZERO);
      assertThat(late.failure().kind()).isEqualTo(Kind.CANCELLED);
      assertThat(late.ending()).isEqualTo(Ending.ABANDONED);

      // The event loop runs now: a second is enough to begin.
      Attempt attempt = rig.connect(rig.reserve(server.endpoint()), Duration.ofSeconds(1));
      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.ENDPOINT);
      assertThat(attempt.ending()).isEqualTo(Ending.CONNECT_FAILED);
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
      assertThat(way.ephemeral().contains(port)).isTrue();
      assertThat(attempt.reservation.port()).isEqualTo(port);
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
      Socket peer = server.next(); // a FIN right behind the handshake may be answered by a reset
      rig.close();
      peer.close();
      assertThat(channel.eventLoop().parent().terminationFuture().await(10_000)).isTrue();
      Attempt late = rig.connect(server.endpoint());

      assertThat(late.failure().kind()).isEqualTo(Kind.HOST);
      assertThat(late.ending()).isEqualTo(Ending.ABANDONED);
      open.awaitClosed();
      assertThat(open.ending()).isIn(Ending.LOCAL_CLOSED_FIRST, Ending.PEER_CLOSED_FIRST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendsAtOnceAndLooksAfterSilentPeersByDefault(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      var channel = (SocketChannel) rig.connect(server.endpoint()).channel();
      SocketChannelConfig config = channel.config();
      assertThat(config.isTcpNoDelay()).isTrue();
      assertThat(config.isKeepAlive()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void prefersTheLoopOfTheCaller(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Channel channel = rig.connect(server.endpoint()).channel();

      assertThat(channel.eventLoop().submit(() -> rig.connector.affinity()).get())
          .isSameAs(rig.connector.affinity(channel));
      assertThat(channel.eventLoop().submit(rig.connector::isEventLoop).get()).isTrue();
      assertThat(rig.connector.isEventLoop()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepAliveIsOnUnlessItIsTurnedOff(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        RawServer other = RawServer.accepting(); // the rigs know nothing of each other's ports
        Rig standard = new Rig(way);
        Rig without = new Rig(way, b -> b.option(ChannelOption.SO_KEEPALIVE, false))) {
      Channel asItComes = standard.connect(server.endpoint()).channel();
      Channel asAsked = without.connect(other.endpoint()).channel();

      assertThat(asItComes.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      assertThat(asAsked.config().getOption(ChannelOption.SO_KEEPALIVE)).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO", "EPOLL", "IO_URING"})
  void takesItsPortsFromTheHost(Transport transport) throws Exception {
    Throwable missing = ChannelTransport.missing(transport);
    assumeTrue(missing == null, () -> transport + " is not available: " + missing);
    try (RawServer server = RawServer.accepting();
        NettyConnector connector = NettyConnector.builder().transport(transport).build()) {
      SourceAddress source = connector.sources(server.endpoint()).get(0);
      Attempt attempt =
          new Attempt(
              requireNonNull(
                  connector.ledger().tryReserve(List.of(new Route(source, server.endpoint())))));
      connector.connect(
          new ConnectRequest(
              Destination.of(server.endpoint()),
              attempt.reservation,
              Deadline.after(connector.ledger().ticker().read(), Duration.ofSeconds(10))),
          attempt);

      assertThat(attempt.channel().localAddress())
          .isEqualTo(new InetSocketAddress(source.address(), attempt.reservation.port()));
      assertThat(source.selection())
          .isEqualTo(transport == Transport.NIO ? PortSelection.KERNEL : PortSelection.PINNED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsAConnectInProgressWithTheEventLoops(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        Rig rig = new Rig(way)) {
      Attempt attempt = rig.connect(server.endpoint());
      rig.connector.close();

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.HOST);
      assertThat(attempt.ending()).isIn(Ending.CONNECT_FAILED, Ending.ABANDONED);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhetherTheConnectionHasTimestamps(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Channel with = rig.connect(server.endpoint()).channel();
      Sysctl.TIMESTAMPS.write("0");
      Channel without = rig.connect(server.endpoint()).channel();

      boolean canTell = way.hasTcpInfo();
      ChannelTransport transport = ChannelTransport.of(way.transport);
      assertThat(transport.usesTimestamps(with))
          .isEqualTo(canTell ? Optional.of(true) : Optional.empty());
      assertThat(transport.usesTimestamps(without))
          .isEqualTo(canTell ? Optional.of(false) : Optional.empty());
    } finally {
      Sysctl.TIMESTAMPS.write("1");
    }
  }
}
