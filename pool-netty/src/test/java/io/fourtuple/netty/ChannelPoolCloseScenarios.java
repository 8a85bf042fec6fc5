package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Channel pools that are closed, and whose event loops end. Runs in a private network, on Netty 4.2
 * and 4.1: see {@link BudgetedChannelPoolIT}.
 */
class ChannelPoolCloseScenarios {
  private static final int PORTS = Way.EPHEMERAL.size();

  @ParameterizedTest
  @EnumSource
  void whatIdlesIsClosedAndWhatIsAcquiredStays(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(3).build()) {
      List<Channel> channels =
          Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(3).toList();
      ChannelPoolRig.release(pool, channels.get(0));
      Future<Void> closed = pool.closeAsync();

      assertThat(closed.awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      assertThat(closed.isSuccess()).isTrue();
      assertThat(pool.closeAsync()).isSameAs(closed);
      assertThat(pool.acquiredChannelCount()).isZero();
      assertThat(channels).extracting(Channel::isOpen).containsExactly(false, true, true);
      assertThat(ChannelPoolRig.failure(pool.acquire()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
      for (Channel channel : channels.subList(1, 3)) {
        assertThat(CountingHandler.exchange(channel, EchoServer.STAY).get(20, TimeUnit.SECONDS))
            .isEqualTo(EchoServer.STAY);
        assertThat(ChannelPoolRig.failure(pool.release(channel)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("closed");
        assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      }
      rig.awaitNothingLive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void callersThatWaitForAReleaseAreRefused(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(1).build()) {
      ChannelPoolRig.acquire(pool);
      List<Future<Channel>> waiting = Stream.generate(pool::acquire).limit(10).toList();
      ChannelPoolRig.close(pool);

      assertThat(waiting)
          .allSatisfy(
              it ->
                  assertThat(ChannelPoolRig.failure(it)).isInstanceOf(IllegalStateException.class));
    }
  }

  @ParameterizedTest
  @EnumSource
  void callersThatWaitForAPortAreRefused(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      for (int i = 0; i < PORTS; i++) {
        ChannelPoolRig.acquire(pool);
      }
      List<Future<Channel>> waiting = Stream.generate(pool::acquire).limit(10).toList();
      ChannelPoolRig.close(pool);

      assertThat(waiting)
          .allSatisfy(
              it ->
                  assertThat(ChannelPoolRig.failure(it)).isInstanceOf(IllegalStateException.class));
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectsUnderWayAreGivenUp(Way way) throws Exception {
    try (RawServer server = RawServer.silent();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      List<Future<Channel>> waiting = Stream.generate(pool::acquire).limit(10).toList();
      SocketWorld.awaitUntil(
          "connects", () -> rig.ledger.census().stream().anyMatch(it -> it.connecting() == 10));
      ChannelPoolRig.close(pool);

      assertThat(waiting)
          .allSatisfy(
              it ->
                  assertThat(ChannelPoolRig.failure(it)).isInstanceOf(IllegalStateException.class));
      rig.awaitNothingLive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesOnAnEventLoopWithoutWaiting(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);
      ChannelPoolRig.release(pool, channel);

      assertThat(channel.eventLoop().submit(pool::close).awaitUninterruptibly(20_000)).isTrue();
      assertThat(pool.closeAsync().awaitUninterruptibly(20_000)).isTrue();
      assertThat(channel.isOpen()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingHangsOnceTheEventLoopsAreGone(Way way) throws Exception {
    try (EchoServer server = new EchoServer()) {
      BudgetedChannelPool pool;
      Channel used;
      try (ChannelPoolRig rig = new ChannelPoolRig(way)) {
        pool = rig.pool(server.endpoint()).build();
        used = ChannelPoolRig.acquire(pool);
        ChannelPoolRig.release(pool, ChannelPoolRig.acquire(pool));
      }
      assertThat(used.isOpen()).isFalse();
      assertThat(ChannelPoolRig.failure(pool.acquire())).isNotNull();
      assertThat(pool.release(used).awaitUninterruptibly(20_000)).isTrue();
      assertThat(pool.acquiredChannelCount()).isZero();
      assertThat(pool.closeAsync().awaitUninterruptibly(20_000)).isTrue();
      pool.close();
    }
  }

  // ---- maps

  @ParameterizedTest
  @EnumSource
  void aMapHasAPoolForEachKey(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        EchoServer other = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way)) {
      BudgetedChannelPoolMap<InetSocketAddress> pools =
          BudgetedChannelPoolMap.of(peer -> rig.pool(peer).build());
      InetSocketAddress key = server.endpoint().toSocketAddress();
      assertThat(pools.isEmpty()).isTrue();
      assertThat(pools).isEmpty();
      BudgetedChannelPool pool = pools.get(key);
      assertThat(pools.get(key)).isSameAs(pool);
      assertThat(pools.get(other.endpoint().toSocketAddress())).isNotSameAs(pool);
      assertThat(pools.size()).isEqualTo(2);
      assertThat(pools).hasSize(2);
      Channel channel = ChannelPoolRig.acquire(pool);
      ChannelPoolRig.release(pool, channel);

      assertThat(pools.remove(key)).isTrue();
      assertThat(pools.remove(key)).isFalse();
      assertThat(pools.contains(key)).isFalse();
      assertThat(channel.closeFuture().awaitUninterruptibly(20_000)).isTrue();
      assertThat(ChannelPoolRig.failure(pool.acquire())).isInstanceOf(IllegalStateException.class);
      Channel last = ChannelPoolRig.acquire(pools.get(other.endpoint().toSocketAddress()));
      ChannelPoolRig.release(pools.get(other.endpoint().toSocketAddress()), last);
      pools.close();
      assertThat(last.isOpen()).isFalse();
      assertThat(pools.size()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPoolOfAMapConnectsWhereNobodyListens(Way way) throws Exception {
    try (EchoServer gone = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPoolMap<InetSocketAddress> pools =
            BudgetedChannelPoolMap.of(peer -> rig.pool(peer).build())) {
      gone.kill();

      assertThat(ChannelPoolRig.failure(pools.get(gone.endpoint().toSocketAddress()).acquire()))
          .isInstanceOf(ConnectException.class);
    }
  }
}
