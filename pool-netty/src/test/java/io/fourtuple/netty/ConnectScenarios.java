package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Connector.CloseMode;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Deadline;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** How connects go and fail. Runs in a private network: see {@link ConnectorIT}. */
class ConnectScenarios {
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
      channel.writeAndFlush(Unpooled.copiedBuffer(new byte[] {42})).sync();
      assertThat(peer.getInputStream().read()).isEqualTo(42);
      assertThat(rig.connector.isUsable(channel)).isTrue();
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
      Attempt attempt = rig.connect(rig.reserve(server.endpoint()), Duration.ofMillis(100));
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
        Rig rig = new Rig(way, b -> b.closeTimeout(Rig.SHORT_CLOSE_TIMEOUT))) {
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
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*(OWNED|PINNED)")
  void tellsAPortThatAListenerHolds(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way);
        ServerSocket holder = new ServerSocket()) {
      PortReservation reservation = rig.reserve(new Route(rig.freshSource(), server.endpoint()));
      holder.bind(
          new InetSocketAddress(reservation.route().source().address(), reservation.port()));
      Attempt attempt = rig.connect(reservation, Duration.ofSeconds(10));

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.LOCAL_PORT);
      assertThat(attempt.ending())
          .isEqualTo(way.selection == PortSelection.OWNED ? Ending.PORT_TAKEN : Ending.TUPLE_TAKEN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsATupleThatIsTaken(Way way) throws Exception {
    List<Socket> holders = new ArrayList<>();
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      PortReservation reservation =
          way.selection.ledgerPicks()
              ? rig.reserve(new Route(rig.freshSource(), server.endpoint()))
              : rig.reserve(server.endpoint());
      if (way.selection.ledgerPicks()) {
        Socket holder = new Socket();
        holders.add(holder);
        holder.setReuseAddress(true);
        holder.bind(
            new InetSocketAddress(reservation.route().source().address(), reservation.port()));
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
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*UNBOUND")
  void tellsASourceThatIsGone(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Route route =
          new Route(rig.source(Endpoint.of("192.0.2.77", 1).address()), server.endpoint());
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
  @EnumSource(Transport.class)
  void takesItsPortsFromTheHost(Transport transport) throws Exception {
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
          .isEqualTo(transport == Transport.EPOLL ? PortSelection.PINNED : PortSelection.KERNEL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void endsAConnectInProgressWithTheEventLoops(Way way) throws Exception {
    try (RawServer server = RawServer.silent()) {
      Rig rig = new Rig(way);
      Attempt attempt = rig.connect(server.endpoint());
      rig.close();

      assertThat(attempt.failure().kind()).as("%s", attempt.failure()).isEqualTo(Kind.HOST);
      assertThat(attempt.ending()).isIn(Ending.CONNECT_FAILED, Ending.ABANDONED);
      attempt.assertCalls("failed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhetherTheConnectionHasTimestamps(Way way) throws Exception {
    Path setting = Path.of("/proc/sys/net/ipv4/tcp_timestamps");
    try (RawServer server = RawServer.accepting();
        Rig rig = new Rig(way)) {
      Channel with = rig.connect(server.endpoint()).channel();
      Files.writeString(setting, "0");
      Channel without = rig.connect(server.endpoint()).channel();

      boolean canTell = way.transport == Transport.EPOLL;
      ChannelTransport transport = canTell ? new EpollTransport() : new NioTransport();
      assertThat(transport.usesTimestamps(with))
          .isEqualTo(canTell ? Optional.of(true) : Optional.empty());
      assertThat(transport.usesTimestamps(without))
          .isEqualTo(canTell ? Optional.of(false) : Optional.empty());
    } finally {
      Files.writeString(setting, "1");
    }
  }
}
