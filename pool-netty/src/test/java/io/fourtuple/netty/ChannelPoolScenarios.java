package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users of Netty's {@code SimpleChannelPool} rely on. Runs in a private network, on Netty 4.2
 * and 4.1: see {@link BudgetedChannelPoolIT}.
 */
class ChannelPoolScenarios {
  @ParameterizedTest
  @EnumSource
  void aReleasedChannelIsLentAgainAndASecondReleaseFails(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      Channel first = ChannelPoolRig.acquire(pool);
      assertThat(CountingHandler.exchange(first, EchoServer.STAY).get(20, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.STAY);
      ChannelPoolRig.release(pool, first);
      Channel second = ChannelPoolRig.acquire(pool);
      ChannelPoolRig.release(pool, second);

      assertThat(second).isSameAs(first);
      assertThat(ChannelPoolRig.failure(pool.release(second)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("must be acquired from this pool");
      assertThat(second.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.handler.created).hasValue(1);
      assertThat(rig.handler.acquired).hasValue(2);
      assertThat(rig.handler.released).hasValue(2);
      assertThat(pool.acquiredChannelCount()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClosedChannelIsReleasedAndNeverLentAgain(boolean releaseHealthCheck) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(Way.NIO_OWNED);
        BudgetedChannelPool pool =
            rig.pool(server.endpoint()).releaseHealthCheck(releaseHealthCheck).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);
      ChannelPoolRig.close(channel);
      ChannelPoolRig.release(pool, channel);

      Channel other = ChannelPoolRig.acquire(pool);
      assertThat(other).isNotSameAs(channel);
      assertThat(other.isActive()).isTrue();
      assertThat(rig.handler.released).hasValue(1);
      ChannelPoolRig.release(pool, other);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChannelThatItsPeerHasClosedIsNotLent(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);
      assertThat(CountingHandler.exchange(channel, EchoServer.CLOSE).get(20, TimeUnit.SECONDS))
          .isEqualTo(EchoServer.CLOSE);
      channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS);
      ChannelPoolRig.release(pool, channel);

      assertThat(ChannelPoolRig.acquire(pool)).isNotSameAs(channel);
      assertThat(rig.ledger.census()).allMatch(census -> census.timeWait() == 0);
    }
  }

  // ---- hooks

  @ParameterizedTest
  @EnumSource
  void aHookThatThrowsFailsThatCallAndClosesTheChannel(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      Exception failure = new Exception("no");
      rig.handler.onCreated = failure;
      assertThat(ChannelPoolRig.failure(pool.acquire())).isSameAs(failure);
      rig.handler.onCreated = null;
      rig.handler.onAcquired = failure;
      assertThat(ChannelPoolRig.failure(pool.acquire())).isSameAs(failure);
      rig.handler.onAcquired = null;
      Channel channel = ChannelPoolRig.acquire(pool);
      rig.handler.onReleased = failure;
      assertThat(ChannelPoolRig.failure(pool.release(channel))).isSameAs(failure);

      assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      assertThat(pool.acquiredChannelCount()).isZero();
      rig.awaitNothingLive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void optionsAndAttributesAreTheBootstraps(Way way) throws Exception {
    AttributeKey<String> key = AttributeKey.valueOf(ChannelPoolScenarios.class, "mark");
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool =
            BudgetedChannelPool.builder(
                    rig.bootstrap(server.endpoint().toSocketAddress())
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 12_345)
                        .attr(key, "yes"),
                    rig.handler)
                .ports(rig.ports)
                .build()) {
      Channel channel = ChannelPoolRig.acquire(pool);

      assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      assertThat(channel.config().getConnectTimeoutMillis()).isEqualTo(12_345);
      assertThat(channel.attr(key).get()).isEqualTo("yes");
      assertThat(channel.pipeline().first()).isInstanceOf(PoolChannel.class);
    }
  }

  // ---- health

  /** Says what it is told to; on another thread, so that it takes a while. */
  private static final class Checker implements ChannelHealthChecker {
    final Set<Channel> unhealthy = ConcurrentHashMap.newKeySet();
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger offLoop = new AtomicInteger();
    volatile RuntimeException failure;

    @Override
    public Future<Boolean> isHealthy(Channel channel) {
      calls.incrementAndGet();
      if (!channel.eventLoop().inEventLoop()) {
        offLoop.incrementAndGet();
      }
      if (failure != null) {
        throw failure;
      }
      return GlobalEventExecutor.INSTANCE.submit(() -> !unhealthy.contains(channel));
    }
  }

  @ParameterizedTest
  @EnumSource
  void unhealthyChannelsAreClosedAndOthersTried(Way way) throws Exception {
    Checker checker = new Checker();
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).healthChecker(checker).build()) {
      var channels = Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(20).toList();
      channels.forEach(channel -> ChannelPoolRig.release(pool, channel));
      Channel sound = channels.get(0); // the last in turn
      checker.unhealthy.addAll(channels.subList(1, channels.size()));

      assertThat(ChannelPoolRig.acquire(pool)).isSameAs(sound);
      channels.subList(1, channels.size()).forEach(it -> it.closeFuture().syncUninterruptibly());
      assertThat(checker.offLoop).hasValue(0);
      assertThat(checker.calls).hasValue(40);

      checker.unhealthy.add(sound);
      ChannelPoolRig.release(pool, sound);
      assertThat(sound.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      assertThat(rig.handler.released).hasValue(21);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED"})
  void aHealthCheckThatThrowsFailsThatCall(Way way) throws Exception {
    Checker checker = new Checker();
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).healthChecker(checker).build()) {
      Channel one = ChannelPoolRig.acquire(pool);
      Channel other = ChannelPoolRig.acquire(pool);
      ChannelPoolRig.release(pool, one);
      checker.failure = new IllegalStateException("no");

      assertThat(ChannelPoolRig.failure(pool.acquire())).isSameAs(checker.failure);
      assertThat(ChannelPoolRig.failure(pool.release(other))).isSameAs(checker.failure);
      assertThat(one.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      assertThat(other.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      assertThat(pool.acquiredChannelCount()).isZero();
    }
  }

  // ---- peers

  @ParameterizedTest
  @EnumSource
  void aConnectThatIsRefusedFailsTheAcquireEachTime(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      server.kill();
      for (int i = 0; i < 10; i++) {
        assertThat(ChannelPoolRig.failure(pool.acquire())).isInstanceOf(ConnectException.class);
      }
      server.restart();
      ChannelPoolRig.release(pool, ChannelPoolRig.acquire(pool));
      assertThat(pool.snapshot().counters().surfaced()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBackEndThatIsKilledAndBackIsUsedAgain(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      var before = Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(40).toList();
      before.subList(0, 20).forEach(channel -> ChannelPoolRig.release(pool, channel));
      server.kill();
      before.subList(20, 40).forEach(channel -> ChannelPoolRig.release(pool, channel));
      SocketWorld.awaitUntil("the resets", () -> before.stream().noneMatch(Channel::isOpen));
      server.restart();

      for (int i = 0; i < 20; i++) {
        Channel channel = ChannelPoolRig.acquire(pool);
        assertThat(CountingHandler.exchange(channel, EchoServer.STAY).get(20, TimeUnit.SECONDS))
            .isEqualTo(EchoServer.STAY);
        ChannelPoolRig.release(pool, channel);
      }
      assertThat(pool.snapshot().counters().surfaced()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_KERNEL_UNBOUND", "IO_URING_PINNED"})
  void aNameIsResolvedByTheBootstrapsResolver(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool =
            rig.pool(InetSocketAddress.createUnresolved("localhost", server.endpoint().port()))
                .build();
        BudgetedChannelPool nowhere =
            rig.pool(InetSocketAddress.createUnresolved("no.such.host.invalid", 1)).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);

      assertThat(channel.remoteAddress()).isEqualTo(server.endpoint().toSocketAddress());
      ChannelPoolRig.release(pool, channel);
      assertThat(ChannelPoolRig.acquire(pool)).isSameAs(channel);
      assertThat(ChannelPoolRig.failure(nowhere.acquire()))
          .isInstanceOf(UnknownHostException.class);
      assertThat(nowhere.acquiredChannelCount()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_KERNEL_UNBOUND", "IO_URING_PINNED"})
  void aResolverThatNeverAnswersKeepsNobody(Way way) throws Exception {
    InetSocketAddress name = InetSocketAddress.createUnresolved("silent.test", 80);
    try (ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool hurried =
            silent(rig, name).acquireTimeout(Duration.ofMillis(100)).maxConnections(1).build();
        BudgetedChannelPool patient = silent(rig, name).build()) {
      for (int i = 0; i < 2; i++) { // the first leaves its place to the second
        assertThat(ChannelPoolRig.failure(hurried.acquire()))
            .isInstanceOf(TimeoutException.class)
            .hasMessageContaining("has not answered");
      }
      Future<Channel> acquire = patient.acquire();
      Future<Void> closed = patient.closeAsync();
      assertThat(ChannelPoolRig.failure(acquire)).isInstanceOf(IllegalStateException.class);
      assertThat(closed.awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static BudgetedChannelPoolBuilder silent(ChannelPoolRig rig, InetSocketAddress name) {
    return BudgetedChannelPool.builder(rig.bootstrap(name).resolver(new SilentGroup()), rig.handler)
        .ports(rig.ports);
  }

  private static final class SilentGroup extends AddressResolverGroup<InetSocketAddress> {
    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new InetSocketAddressResolver(
          executor,
          new InetNameResolver(executor) {
            @Override
            protected void doResolve(String host, Promise<InetAddress> promise) {}

            @Override
            protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {}
          });
    }
  }
}
