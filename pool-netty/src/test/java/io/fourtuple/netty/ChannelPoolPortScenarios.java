package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.TcpState;
import io.fourtuple.pool.PoolCounters;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Channel pools whose ports are few, or held by others. Runs in a private network, on Netty 4.2 and
 * 4.1: see {@link BudgetedChannelPoolIT}.
 */
class ChannelPoolPortScenarios {
  private static final int PORTS = Way.EPHEMERAL.size();
  private static final int ACQUIRES = 2_000;
  private static final int AT_A_TIME = 300;

  private final List<Socket> others = new ArrayList<>();

  @AfterEach
  void closeOthers() throws IOException {
    for (Socket other : others) {
      other.setSoLinger(true, 0);
      other.close();
    }
  }

  /** Callers that come again and again, of which one in eight has the server close. */
  private static final class Callers {
    private final BudgetedChannelPool pool;
    private final AtomicInteger left = new AtomicInteger(ACQUIRES);
    private final AtomicInteger mostAcquired = new AtomicInteger();
    final AtomicInteger answered = new AtomicInteger();
    final Queue<Throwable> surfaced = new ConcurrentLinkedQueue<>();

    Callers(BudgetedChannelPool pool) {
      this.pool = pool;
    }

    CompletableFuture<Void> call() {
      int number = left.getAndDecrement();
      if (number <= 0) {
        return CompletableFuture.completedFuture(null);
      }
      byte request = number % 8 == 0 ? EchoServer.CLOSE : EchoServer.STAY;
      CompletableFuture<Channel> acquired = new CompletableFuture<>();
      pool.acquire().addListener((Future<Channel> done) -> complete(acquired, done));
      return acquired
          .thenCompose(channel -> exchange(channel, request))
          .exceptionally(
              failure -> {
                surfaced.add(failure);
                return null;
              })
          .thenComposeAsync(done -> call());
    }

    private CompletableFuture<Void> exchange(Channel channel, byte request) {
      mostAcquired.accumulateAndGet(pool.snapshot().leased(), Math::max);
      return CountingHandler.exchange(channel, request)
          .thenCompose(answer -> answer == EchoServer.CLOSE ? closed(channel) : done())
          .thenCompose(
              ready -> {
                answered.incrementAndGet();
                CompletableFuture<Void> released = new CompletableFuture<>();
                pool.release(channel).addListener((Future<Void> it) -> complete(released, it));
                return released;
              });
    }

    private static CompletableFuture<Void> done() {
      return CompletableFuture.completedFuture(null);
    }

    private static CompletableFuture<Void> closed(Channel channel) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      channel.closeFuture().addListener(it -> closed.complete(null));
      return closed;
    }

    private static <T> void complete(CompletableFuture<T> future, Future<T> done) {
      if (done.isSuccess()) {
        future.complete(done.getNow());
      } else {
        future.completeExceptionally(done.cause());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyAcquiresOverTwoSourcesSurfaceNothing(Way way) throws Exception {
    int sources = way.binds ? 2 : 1;
    Sysctl.TIME_WAIT_REUSE.write("0");
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig =
            new ChannelPoolRig(way, PORTS, ChannelPoolRig.freshAddresses(sources))) {
      try (BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
        Callers callers = new Callers(pool);
        CompletableFuture.allOf(
                Stream.generate(callers::call).limit(AT_A_TIME).toArray(CompletableFuture[]::new))
            .get(55, TimeUnit.SECONDS);

        assertThat(callers.surfaced).isEmpty();
        assertThat(callers.answered).hasValue(ACQUIRES);
        PoolCounters counters = pool.snapshot().counters();
        assertThat(counters.surfaced()).isZero();
        assertThat(counters.acquired()).isGreaterThanOrEqualTo(ACQUIRES);
        assertThat(callers.mostAcquired).hasValueBetween(2, sources * PORTS);
        assertThat(rig.ledger.census()).hasSize(sources);
        assertThat(pool.acquiredChannelCount()).isZero();
        Agreement.await(rig.ledger);
      }
      rig.awaitNothingLive();
      Agreement.await(rig.ledger);
    } finally {
      Sysctl.TIME_WAIT_REUSE.write("2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoFindsAllPortsInUseWaitsForOne(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build();
        BudgetedChannelPool hasty =
            rig.pool(server.endpoint()).acquireTimeout(Duration.ofMillis(100)).build()) {
      List<Channel> all = Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(PORTS).toList();
      assertThat(rig.established()).isEqualTo(PORTS);

      assertThat(ChannelPoolRig.failure(hasty.acquire()))
          .isInstanceOf(TimeoutException.class)
          .hasCauseInstanceOf(PortsExhaustedException.class)
          .hasMessageContaining("established=" + PORTS);
      Future<Channel> waits = pool.acquire();
      assertThat(waits.isDone()).isFalse();
      ChannelPoolRig.release(pool, all.get(0));

      assertThat(ChannelPoolRig.channel(waits)).isSameAs(all.get(0));
      assertThat(pool.snapshot().counters().surfaced()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aZeroTimeOutIsForPortsAndNotForConnects(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool =
            rig.pool(server.endpoint()).acquireTimeout(Duration.ZERO).build()) {
      for (int i = 0; i < PORTS; i++) {
        ChannelPoolRig.acquire(pool);
      }
      assertThat(ChannelPoolRig.failure(pool.acquire())).isInstanceOf(TimeoutException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void idleChannelsGiveTheirPortsToOtherPools(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool rich = rig.pool(server.endpoint()).build();
        BudgetedChannelPool poor = rig.pool(server.endpoint()).build()) {
      List<Channel> all = Stream.generate(() -> ChannelPoolRig.acquire(rich)).limit(PORTS).toList();
      all.forEach(channel -> ChannelPoolRig.release(rich, channel));

      Channel channel = ChannelPoolRig.acquire(poor);
      assertThat(CountingHandler.exchange(channel, EchoServer.STAY).get(20, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.STAY);
      ChannelPoolRig.release(poor, channel);
      assertThat(poor.snapshot().counters().surfaced()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*OWNED")
  void aPortThatTheKernelRefusesAtBindIsReplacedAndItsChannelClosed(Way way) throws Exception {
    InetAddress source = SocketWorld.freshAddress();
    int first = way.ports().ranges().get(0).first();
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way, 4, List.of(source));
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      for (int port : List.of(first, first + 2)) { // on any round, one lies between the other two
        Socket other = new Socket();
        others.add(other);
        other.bind(new InetSocketAddress(source, port));
      }
      List<Channel> channels =
          Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(2).toList();

      PoolCounters counters = pool.snapshot().counters();
      assertThat(counters.absorbed()).isPositive();
      assertThat(counters.surfaced()).isZero();
      assertThat(rig.handler.channels)
          .hasSize(2 + (int) counters.absorbed())
          .filteredOn(Channel::isOpen)
          .containsExactlyInAnyOrderElementsOf(channels);
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.MATCH_ANY,
      names = {".*OWNED", ".*PINNED"})
  void aPortThatTheKernelRefusesAtConnectIsReplacedOnANewChannel(Way way) throws Exception {
    InetAddress source = SocketWorld.freshAddress();
    int first = way.ports().ranges().get(0).first();
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way, 4, List.of(source));
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      for (int port : List.of(first, first + 2)) { // on any round, one lies between the other two
        Socket other = new Socket();
        others.add(other);
        other.setReuseAddress(true);
        other.bind(new InetSocketAddress(source, port));
        other.connect(server.endpoint().toSocketAddress());
      }
      List<Channel> channels =
          Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(2).toList();

      assertThat(channels)
          .extracting(channel -> ((InetSocketAddress) channel.localAddress()).getPort())
          .containsExactlyInAnyOrder(first + 1, first + 3);
      PoolCounters counters = pool.snapshot().counters();
      assertThat(counters.absorbed()).isPositive();
      assertThat(counters.surfaced()).isZero();
      assertThat(rig.handler.created).hasValue(2 + (int) counters.absorbed());
      assertThat(rig.handler.acquired).hasValue(2);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_NONE, names = ".*EXCLUSIVE") // what rests there is in its way
  void observedItConnectsAsTheTransportDoes(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      rig.ledger.enforcement(Enforcement.OBSERVE);
      Channel channel = ChannelPoolRig.acquire(pool);

      int port = ((InetSocketAddress) channel.localAddress()).getPort();
      assertThat(Way.EPHEMERAL.contains(port)).isTrue();
      assertThat(rig.established()).isOne();
      ChannelPoolRig.release(pool, channel);
    }
  }

  // ---- who closed first

  @ParameterizedTest
  @EnumSource
  void aPortRestsWhereTheKernelSaysSo(Way way) throws Exception {
    Sysctl.TIME_WAIT_REUSE.write("0");
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig =
            new ChannelPoolRig(
                way,
                PORTS,
                List.of(
                    way.binds ? SocketWorld.freshAddress() : InetAddress.getLoopbackAddress()));
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build();
        BudgetedChannelPool resets =
            BudgetedChannelPool.builder(
                    rig.bootstrap(server.endpoint().toSocketAddress())
                        .option(ChannelOption.SO_LINGER, 0),
                    rig.handler)
                .ports(rig.ports)
                .build()) {
      Channel ours = ChannelPoolRig.acquire(pool);
      Channel theirs = ChannelPoolRig.acquire(pool);
      Channel reset = ChannelPoolRig.acquire(resets);
      // To a FIN that follows the handshake at once the server's kernel may answer with a reset.
      CountingHandler.exchange(ours, EchoServer.STAY).get(20, TimeUnit.SECONDS);
      ChannelPoolRig.close(ours);
      ChannelPoolRig.close(reset);
      CountingHandler.exchange(theirs, EchoServer.CLOSE).get(20, TimeUnit.SECONDS);
      theirs.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS);
      rig.awaitNothingLive();

      PortCensus census = rig.ledger.census().get(0);
      assertThat(census.timeWait()).isOne();
      Agreement.await(rig.ledger);
      assertThat(Agreement.inKernel(census.route(), TcpState.TIME_WAIT)).isOne();
    } finally {
      Sysctl.TIME_WAIT_REUSE.write("2");
    }
  }
}
