package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * A Netty client without a pool, whose connects go through a {@link PortBudgetHandler} on a ledger
 * of its own. Runs on Netty 4.1 and 4.2.
 */
final class ClientRig implements AutoCloseable {
  /** Nobody waits for it, but where a test says otherwise. */
  static final int LONG_MILLIS = 45_000;

  /** For tests of what happens then. */
  static final int SHORT_MILLIS = 150;

  final PortLedger ledger;
  final PortBudgetHandler handler;
  final EventLoopGroup group;
  private final Way way;
  private final Map<SocketAddress, Socket> accepted = new HashMap<>();

  /** Whether the ledger hears of the kernel's socket table. */
  enum Table {
    READ,
    NOT_READ
  }

  /** From one source that nobody has used, or from the kernel's choice. */
  ClientRig(Way way, int ports) throws IOException {
    this(way, ports, freshAddresses(1), Table.READ);
  }

  /**
   * A client.
   *
   * @param ports of each source
   * @param sources ignored where the way does not bind
   */
  ClientRig(Way way, int ports, List<InetAddress> sources, Table table) throws IOException {
    way.require();
    this.way = way;
    PortRange range = firstOf(way.ports().ranges().get(0), ports);
    if (way.selection != PortSelection.OWNED) {
      Sysctl.localPortRange(range);
    }
    HostNetwork network = HostNetwork.read();
    ledger = PortLedger.create(network.limits());
    HostPorts.Builder host =
        HostPorts.builder().selection(way.selection).ports(range).headRoom(0).ledger(ledger);
    if (way.binds) {
      host.sources(sources);
    }
    if (table == Table.NOT_READ) {
      host.network(network);
    }
    handler = PortBudgetHandler.of(host.build());
    group = ClientTransport.group(way.transport);
  }

  /** A bootstrap wants a handler. */
  @Sharable
  private static final class Nothing extends ChannelInboundHandlerAdapter {}

  static List<InetAddress> freshAddresses(int count) {
    return Stream.generate(SocketWorld::freshAddress).limit(count).toList();
  }

  private static PortRange firstOf(PortRange range, int ports) {
    return new PortRange(range.first(), range.first() + ports - 1);
  }

  Bootstrap bootstrap(PortBudgetHandler with, int timeoutMillis) {
    return new Bootstrap()
        .group(group)
        .channelFactory(BudgetedChannelFactory.of(ClientTransport.channels(way.transport), with))
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
        .handler(new Nothing());
  }

  Bootstrap bootstrap() {
    return bootstrap(handler, LONG_MILLIS);
  }

  ChannelFuture connect(Endpoint to) {
    return connect(to, LONG_MILLIS);
  }

  ChannelFuture connect(Endpoint to, int timeoutMillis) {
    return bootstrap(handler, timeoutMillis).connect(to.toSocketAddress());
  }

  Channel connected(Endpoint to) {
    return channel(connect(to));
  }

  /** The channel of a connect that succeeds. */
  static Channel channel(ChannelFuture connect) {
    assertThat(connect.awaitUninterruptibly(50, TimeUnit.SECONDS)).as("%s", connect).isTrue();
    assertThat(connect.cause()).isNull();
    return connect.channel();
  }

  /** The cause of a connect that fails. */
  static Throwable failure(ChannelFuture connect) {
    assertThat(connect.awaitUninterruptibly(50, TimeUnit.SECONDS)).as("%s", connect).isTrue();
    assertThat(connect.isSuccess()).isFalse();
    return requireNonNull(connect.cause());
  }

  /** A channel that is not connected, with the handler in. */
  Channel registered() {
    return bootstrap().register().syncUninterruptibly().channel();
  }

  /** The other end. */
  Socket peerOf(RawServer server, Channel channel) throws InterruptedException {
    SocketAddress local = channel.localAddress();
    while (accepted.get(local) == null || accepted.get(local).isClosed()) {
      Socket next = server.next();
      accepted.put(next.getRemoteSocketAddress(), next);
    }
    return accepted.get(local);
  }

  void resetByPeer(RawServer server, Channel channel) throws Exception {
    Socket peer = peerOf(server, channel);
    peer.setSoLinger(true, 0);
    peer.close();
  }

  static int portOf(Channel channel) {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** The first thing that the event loop does after this is done. */
  void awaitLoop() {
    group.next().submit(() -> {}).syncUninterruptibly();
  }

  void awaitWaiting(int count) {
    SocketWorld.awaitUntil(count + " wait", () -> handler.waiting() == count);
  }

  void awaitNothingLive() {
    SocketWorld.awaitUntil("no live port", () -> live() == 0);
  }

  int live() {
    return count(
        census ->
            census.reserved() + census.connecting() + census.established() + census.closing());
  }

  int count(ToIntFunction<PortCensus> what) {
    return ledger.census().stream().mapToInt(what).sum();
  }

  /** Whatever the test was about: no port is left unsettled, and nobody waits. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
    try {
      Sysctl.localPortRange(Way.EPHEMERAL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitNothingLive(); // what has closed may rest for an instant
    assertThat(handler.waiting()).isZero();
    assertThat(count(PortCensus::waiting)).isZero();
  }
}
