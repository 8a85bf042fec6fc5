package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.pool.FixedChannelPool.AcquireTimeoutAction;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users of Netty's {@code FixedChannelPool} rely on. Runs in a private network, on Netty 4.2
 * and 4.1: see {@link BudgetedChannelPoolIT}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of releases in listeners
class ChannelPoolLimitScenarios {
  @ParameterizedTest
  @EnumSource
  void whoeverWaitsGetsTheChannelThatIsReleased(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(1).build()) {
      Channel first = ChannelPoolRig.acquire(pool);
      Future<Channel> second = pool.acquire();
      assertThat(second.isDone()).isFalse();
      ChannelPoolRig.release(pool, first);

      assertThat(ChannelPoolRig.channel(second)).isSameAs(first);
      assertThat(rig.handler.created).hasValue(1);
      assertThat(rig.handler.acquired).hasValue(2);
      assertThat(rig.handler.released).hasValue(1);
      assertThat(pool.acquiredChannelCount()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 150})
  void whoeverWaitsTooLongFails(int millis) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(Way.NIO_OWNED);
        BudgetedChannelPool pool =
            rig.pool(server.endpoint())
                .maxConnections(1)
                .acquireTimeout(Duration.ofMillis(millis))
                .build()) {
      Channel channel = ChannelPoolRig.acquire(pool);

      assertThat(ChannelPoolRig.failure(pool.acquire())).isInstanceOf(TimeoutException.class);
      ChannelPoolRig.release(pool, channel);
      assertThat(ChannelPoolRig.acquire(pool)).isSameAs(channel);
    }
  }

  @ParameterizedTest
  @EnumSource
  void orGetsAChannelBeyondTheLimitWhereThatIsAskedFor(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool =
            rig.pool(server.endpoint())
                .maxConnections(1)
                .acquireTimeout(Duration.ofMillis(50), AcquireTimeoutAction.NEW)
                .build()) {
      Channel first = ChannelPoolRig.acquire(pool);
      Channel second = ChannelPoolRig.acquire(pool);

      assertThat(second).isNotSameAs(first);
      assertThat(pool.acquiredChannelCount()).isEqualTo(2);
      ChannelPoolRig.release(pool, first);
      ChannelPoolRig.release(pool, second);
      assertThat(pool.acquiredChannelCount()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aChannelThatWasClosedAndReleasedMakesRoom(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(1).build()) {
      Channel first = ChannelPoolRig.acquire(pool);
      ChannelPoolRig.close(first);
      Future<Channel> second = pool.acquire();
      assertThat(second.isDone()).as("closed alone makes no room").isFalse();
      ChannelPoolRig.release(pool, first);

      assertThat(ChannelPoolRig.channel(second)).isNotSameAs(first);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverFindsTheQueueFullFails(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool =
            rig.pool(server.endpoint()).maxConnections(1).maxPendingAcquires(1).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);
      Future<Channel> waits = pool.acquire();

      assertThat(ChannelPoolRig.failure(pool.acquire()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("at most 1");
      assertThat(waits.isDone()).isFalse();
      ChannelPoolRig.release(pool, channel);
      ChannelPoolRig.channel(waits);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledAcquireMakesRoomForTheNext(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(1).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);
      Future<Channel> second = pool.acquire();
      Future<Channel> third = pool.acquire();
      assertThat(second.cancel(false)).isTrue();
      ChannelPoolRig.release(pool, channel);

      assertThat(ChannelPoolRig.channel(third)).isSameAs(channel);
      ChannelPoolRig.release(pool, channel);
      SocketWorld.awaitUntil("nobody's", () -> pool.acquiredChannelCount() == 0);
      assertThat(rig.handler.acquired).hasValue(2);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED", "IO_URING_KERNEL"})
  void acquiresThatAreCancelledAtAnyMomentLoseNothing(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(4).build()) {
      for (int i = 0; i < 300; i++) {
        Future<Channel> kept = pool.acquire();
        Future<Channel> cancelled = pool.acquire();
        cancelled.cancel(false);
        ChannelPoolRig.release(pool, ChannelPoolRig.channel(kept));
        if (cancelled.isSuccess()) {
          ChannelPoolRig.release(pool, cancelled.getNow());
        }
      }
      SocketWorld.awaitUntil("all are back", () -> pool.acquiredChannelCount() == 0);
      SocketWorld.awaitUntil("all idle", () -> pool.snapshot().leased() == 0);
      assertThat(rig.handler.acquired.get()).isEqualTo(rig.handler.released.get());
    }
  }

  @ParameterizedTest
  @EnumSource
  void channelsOfAnotherPoolAreRefusedAndClosed(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(1).build();
        BudgetedChannelPool other = rig.pool(server.endpoint()).maxConnections(1).build()) {
      Channel channel = ChannelPoolRig.acquire(pool);

      assertThat(ChannelPoolRig.failure(other.release(channel)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(channel.closeFuture().awaitUninterruptibly(20, TimeUnit.SECONDS)).isTrue();
      ChannelPoolRig.release(pool, channel);
      assertThat(ChannelPoolRig.acquire(pool)).isNotSameAs(channel);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theMostRecentlyUsedComesFirst(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).build()) {
      List<Channel> channels =
          Stream.generate(() -> ChannelPoolRig.acquire(pool))
              .limit(6)
              .collect(Collectors.toCollection(ArrayList::new));
      channels.forEach(channel -> ChannelPoolRig.release(pool, channel));
      List<Channel> again = Stream.generate(() -> ChannelPoolRig.acquire(pool)).limit(6).toList();

      Collections.reverse(channels);
      assertThat(again).isEqualTo(channels);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO_OWNED", "EPOLL_PINNED", "IO_URING_KERNEL"})
  void manyCallersShareFewChannels(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        ChannelPoolRig rig = new ChannelPoolRig(way);
        BudgetedChannelPool pool = rig.pool(server.endpoint()).maxConnections(5).build()) {
      List<Future<Channel>> acquires = Stream.generate(pool::acquire).limit(500).toList();
      acquires.forEach(
          acquire -> acquire.addListener(done -> pool.release((Channel) done.getNow())));

      acquires.forEach(ChannelPoolRig::channel);
      SocketWorld.awaitUntil("all are back", () -> pool.acquiredChannelCount() == 0);
      assertThat(rig.handler.created).hasValueLessThanOrEqualTo(5);
    }
  }
}
