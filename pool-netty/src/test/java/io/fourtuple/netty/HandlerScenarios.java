package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What becomes of a connect through {@link PortBudgetHandler} that finds a port. Runs in a private
 * network, on Netty 4.2 and 4.1: see {@link PortBudgetHandlerIT}.
 */
class HandlerScenarios {
  @ParameterizedTest
  @EnumSource
  void sourceAndPortComeFromTheLedger(Way way) throws Exception {
    List<InetAddress> sources = ClientRig.freshAddresses(2);
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 64, sources, ClientRig.Table.READ)) {
      Set<InetAddress> used = new HashSet<>();
      for (int i = 0; i < 4; i++) {
        Channel channel = rig.connected(server.endpoint());
        InetSocketAddress local = (InetSocketAddress) channel.localAddress();
        assertThat(way.ports().contains(local.getPort())).as("%s", local).isTrue();
        assertThat(rig.peerOf(server, channel).getRemoteSocketAddress()).isEqualTo(local);
        used.add(local.getAddress());
      }

      assertThat(used)
          .isEqualTo(way.binds ? Set.copyOf(sources) : Set.of(InetAddress.getLoopbackAddress()));
      assertThat(rig.count(PortCensus::established)).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectLeavesThePipelineAsItWas(Way way) throws Exception {
    var activations = new LinkedBlockingQueue<List<String>>();
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      Channel channel = rig.registered();
      channel.pipeline().remove(rig.handler);
      channel.pipeline().addLast("user", new NamesWhenActive(activations));
      List<String> before = channel.pipeline().names();
      channel.pipeline().addFirst(rig.handler);
      ClientRig.channel(channel.connect(server.endpoint().toSocketAddress()));
      rig.awaitLoop();

      assertThat(channel.pipeline().names()).isEqualTo(before);
      assertThat(activations).containsExactly(before);
      assertThat(channel.config().getConnectTimeoutMillis()).isEqualTo(ClientRig.LONG_MILLIS);
    }
  }

  /** What the pipeline is whenever the channel becomes active. */
  private static final class NamesWhenActive extends ChannelInboundHandlerAdapter {
    private final BlockingQueue<List<String>> heard;

    NamesWhenActive(BlockingQueue<List<String>> heard) {
      this.heard = heard;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      heard.add(context.pipeline().names());
      context.fireChannelActive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anEndpointThatRefusesCostsNoPort(Way way) throws Exception {
    Endpoint nobody;
    try (RawServer gone = RawServer.accepting()) {
      nobody = gone.endpoint();
    }
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      ChannelFuture refused = rig.connect(nobody);

      assertThat(ClientRig.failure(refused))
          .isInstanceOf(ConnectException.class)
          .isNotInstanceOf(PortRefusedException.class);
      assertThat(refused.channel().closeFuture().await(10_000)).isTrue();
      rig.connected(server.endpoint());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSilentEndpointCostsNoPort(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        RawServer silent = RawServer.silent();
        ClientRig rig = new ClientRig(way, 1)) {
      ChannelFuture silence = rig.connect(silent.endpoint(), ClientRig.SHORT_MILLIS);

      assertThat(ClientRig.failure(silence)).isInstanceOf(ConnectTimeoutException.class);
      assertThat(silence.channel().closeFuture().await(10_000)).isTrue();
      rig.connected(server.endpoint());
    }
  }

  /** Its queue is full, and the kernel sends the SYN again until there is room. */
  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED", "IO_URING_KERNEL"})
  void anEndpointThatAcceptsLateIsWaitedFor(Way way) throws Exception {
    try (RawServer late = RawServer.silent();
        ClientRig rig = new ClientRig(way, 1)) {
      ChannelFuture connect = rig.connect(late.endpoint(), 30_000);
      late.beginToAccept();

      assertThat(ClientRig.channel(connect).isActive()).isTrue();
      assertThat(rig.ledger.stats().established()).isEqualTo(1);
    }
  }

  // ---- what it knows no budget for

  @ParameterizedTest
  @EnumSource
  void aLocalAddressOfTheCallersIsKept(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      SocketAddress own = new InetSocketAddress(SocketWorld.freshAddress(), 31_000);
      Channel channel =
          ClientRig.channel(rig.bootstrap().connect(server.endpoint().toSocketAddress(), own));

      assertThat(channel.localAddress()).isEqualTo(own);
      assertPassed(rig, channel);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBoundChannelKeepsItsAddress(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      SocketAddress own = new InetSocketAddress(SocketWorld.freshAddress(), 31_000);
      Channel channel = rig.registered();
      channel.bind(own).sync();
      ClientRig.channel(channel.connect(server.endpoint().toSocketAddress()));

      assertThat(channel.localAddress()).isEqualTo(own);
      assertPassed(rig, channel);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUnresolvedAddressIsLeftToTheTransport(Way way) throws Exception {
    try (ClientRig rig = new ClientRig(way, 2)) {
      Channel channel = rig.registered();
      Throwable why =
          ClientRig.failure(channel.connect(InetSocketAddress.createUnresolved("host.test", 80)));

      assertThat(why.toString()).contains("Unresolved");
      assertPassed(rig, channel);
    }
  }

  /** The kernel's choice of a source is asked for with a datagram socket, which has a port, too. */
  @ParameterizedTest
  @EnumSource(names = ".*_UNBOUND", mode = Mode.MATCH_ALL)
  void datagramsMayHaveEveryPortOfTheRange(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1);
        DatagramSocket taken = new DatagramSocket(null)) {
      taken.setReuseAddress(true); // whoever has it already may keep it
      taken.bind(new InetSocketAddress(Way.EPHEMERAL.first()));

      rig.connected(server.endpoint());
    }
  }

  @Test
  void aDatagramChannelPasses() throws Exception {
    try (ClientRig rig = new ClientRig(Way.NIO_OWNED, 2)) {
      Channel channel =
          ClientRig.channel(
              new Bootstrap()
                  .group(rig.group)
                  .channelFactory(BudgetedChannelFactory.of(NioDatagramChannel.class, rig.handler))
                  .handler(new ChannelInboundHandlerAdapter())
                  .connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9)));

      assertPassed(rig, channel);
    }
  }

  @Test
  void aDomainSocketPasses() throws Exception {
    try (ClientRig rig = new ClientRig(Way.EPOLL_OWNED, 2)) {
      ChannelFuture connect =
          new Bootstrap()
              .group(rig.group)
              .channelFactory(
                  BudgetedChannelFactory.of(EpollDomainSocketChannel.class, rig.handler))
              .handler(new ChannelInboundHandlerAdapter())
              .connect(new DomainSocketAddress("/nobody/listens/here"));

      assertThat(ClientRig.failure(connect)).isInstanceOf(FileNotFoundException.class);
      assertPassed(rig, connect.channel());
    }
  }

  private static void assertPassed(ClientRig rig, Channel channel) {
    assertThat(channel.pipeline().get(PortBudgetHandler.class)).isNull();
    assertThat(rig.ledger.stats().reserved()).isZero();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*UNBOUND")
  void aConnectThatNoSourceReachesIsRefusedAndMayBeTriedElsewhere(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      Channel channel = rig.registered();
      Throwable why = ClientRig.failure(channel.connect(new InetSocketAddress("2001:db8::1", 80)));

      assertThat(why).hasMessageContaining("none of the sources");
      ClientRig.channel(channel.connect(server.endpoint().toSocketAddress()));
      assertThat(rig.count(PortCensus::established)).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerThatIsInTwiceCountsOnce(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 2)) {
      Channel channel = rig.registered();
      channel.pipeline().addFirst("again", rig.handler);
      ClientRig.channel(channel.connect(server.endpoint().toSocketAddress()));

      assertThat(channel.pipeline().get(PortBudgetHandler.class)).isNull();
      assertThat(rig.ledger.stats().reserved()).isOne();
    }
  }

  // ---- OBSERVE

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {".*OWNED", ".*UNBOUND"})
  void observingCountsAndNeverBindsWaitsOrRefuses(Way way) throws Exception {
    try (RawServer server = RawServer.accepting();
        ClientRig rig = new ClientRig(way, 1)) {
      rig.ledger.enforcement(Enforcement.OBSERVE);
      Sysctl.localPortRange(Way.EPHEMERAL);
      List<Channel> channels =
          List.of(rig.connected(server.endpoint()), rig.connected(server.endpoint()));

      PortRange kernels = Way.EPHEMERAL;
      assertThat(channels).allMatch(channel -> kernels.contains(ClientRig.portOf(channel)));
      assertThat(channels)
          .allMatch(channel -> addressOf(channel).equals(InetAddress.getLoopbackAddress()));
      assertThat(rig.count(PortCensus::established)).isEqualTo(2);
      assertThat(rig.ledger.stats().overdrawn()).isOne();
    }
  }

  private static InetAddress addressOf(Channel channel) {
    return ((InetSocketAddress) channel.localAddress()).getAddress();
  }
}
