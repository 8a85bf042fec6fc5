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
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.pool.ChannelPool;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Channel pools on a ledger of their own, and a bootstrap for them. Runs on Netty 4.1 and 4.2. */
@SuppressWarnings("deprecation") // 4.1 has no other groups
final class ChannelPoolRig implements AutoCloseable {
  private static final int LOOPS = 2;
  private static final int SECONDS = 50;

  final PortLedger ledger;
  final HostPorts ports;
  final EventLoopGroup group;
  final CountingHandler handler = new CountingHandler();
  private final Way way;

  /** From one source that nobody has used, or from the kernel's choice. */
  ChannelPoolRig(Way way) throws IOException {
    this(way, Way.EPHEMERAL.size(), freshAddresses(1));
  }

  ChannelPoolRig(Way way, int portsOfEach, List<InetAddress> sources) throws IOException {
    way.require();
    this.way = way;
    int first = way.ports().ranges().get(0).first();
    PortRange range = new PortRange(first, first + portsOfEach - 1);
    if (way.selection != PortSelection.OWNED) {
      Sysctl.localPortRange(range);
    }
    HostNetwork network = HostNetwork.read();
    ledger = PortLedger.create(network.limits());
    HostPorts.Builder host =
        HostPorts.builder()
            .selection(way.selection)
            .ports(range)
            .headRoom(0)
            .ledger(ledger)
            .network(network); // what others hold is for the kernel to say
    ports = (way.binds ? host.sources(sources) : host).build();
    group =
        switch (way.transport) {
          case NIO -> new NioEventLoopGroup(LOOPS);
          case EPOLL -> OfEpoll.group();
          case IO_URING -> OfIoUring.group();
          case KQUEUE -> throw new AssertionError("no way of the tests");
        };
  }

  static List<InetAddress> freshAddresses(int count) {
    return Stream.generate(SocketWorld::freshAddress).limit(count).toList();
  }

  Bootstrap bootstrap(SocketAddress to) {
    Bootstrap bootstrap = new Bootstrap().group(group).remoteAddress(to);
    return switch (way.transport) {
      case NIO -> bootstrap.channel(NioSocketChannel.class);
      case EPOLL -> OfEpoll.channels(bootstrap);
      case IO_URING -> OfIoUring.channels(bootstrap);
      case KQUEUE -> throw new AssertionError("no way of the tests");
    };
  }

  BudgetedChannelPoolBuilder pool(Endpoint to) {
    return pool(to.toSocketAddress());
  }

  BudgetedChannelPoolBuilder pool(SocketAddress to) {
    return BudgetedChannelPool.builder(bootstrap(to), handler).ports(ports);
  }

  /** Acquires a channel, and waits for it. */
  static Channel acquire(ChannelPool pool) {
    return channel(pool.acquire());
  }

  static Channel channel(Future<Channel> acquire) {
    assertThat(acquire.awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)).as("%s", acquire).isTrue();
    assertThat(acquire.cause()).isNull();
    return requireNonNull(acquire.getNow());
  }

  static void release(ChannelPool pool, Channel channel) {
    Future<Void> release = pool.release(channel);
    assertThat(release.awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)).as("%s", release).isTrue();
    assertThat(release.cause()).isNull();
  }

  /** Why something has failed. */
  static Throwable failure(Future<?> future) {
    assertThat(future.awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)).as("%s", future).isTrue();
    return requireNonNull(future.cause(), "it has not failed");
  }

  static void close(Channel channel) {
    assertThat(channel.close().awaitUninterruptibly(SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** As a user does in the middle of things. */
  static void close(ChannelPool pool) {
    pool.close();
  }

  void awaitNothingLive() {
    SocketWorld.awaitUntil(
        "no live port",
        () ->
            ledger.census().stream()
                .allMatch(
                    it -> it.reserved() + it.connecting() + it.established() + it.closing() == 0));
  }

  int established() {
    return ledger.census().stream().mapToInt(PortCensus::established).sum();
  }

  /** Whatever the test was about: hooks ran where they should, and no port is left unsettled. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 20, TimeUnit.SECONDS).syncUninterruptibly();
    try {
      Sysctl.localPortRange(Way.EPHEMERAL);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    awaitNothingLive();
    assertThat(handler.offLoop.get()).as("hooks off the event loop").isZero();
  }

  /** A class of its own, because the jar is optional. */
  private static final class OfEpoll {
    static EventLoopGroup group() {
      return new EpollEventLoopGroup(LOOPS);
    }

    static Bootstrap channels(Bootstrap bootstrap) {
      return bootstrap.channel(EpollSocketChannel.class);
    }
  }

  /** A class of its own, because Netty 4.1 has nothing of it. */
  private static final class OfIoUring {
    static EventLoopGroup group() {
      return new MultiThreadIoEventLoopGroup(LOOPS, IoUringIoHandler.newFactory());
    }

    static Bootstrap channels(Bootstrap bootstrap) {
      return bootstrap.channel(IoUringSocketChannel.class);
    }
  }
}
