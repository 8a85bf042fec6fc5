package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callers on event loops, as in a gateway. Runs in a private network: see {@link ConnectorIT}. */
class AffinityScenarios {
  private static final int LOOPS = 4;

  /** On each loop; all their connections together are as many as the pool looks through. */
  private static final int CALLERS = 2;

  private static final int EXCHANGES = 200;
  private static final Duration PATIENT = Duration.ofSeconds(30);

  /** A connector on loops of the test's. */
  private static final class Gateway implements AutoCloseable {
    final EventLoopGroup group;
    final Rig rig;
    final EchoServer server = new EchoServer();
    final Destination destination = Destination.of(server.endpoint());
    final ConnectionPool<Channel> pool;

    Gateway(Way way) throws IOException {
      way.require();
      group =
          new MultiThreadIoEventLoopGroup(
              LOOPS, ChannelTransport.of(way.transport).ioHandlerFactory());
      rig = new Rig(way, b -> b.eventLoopGroup(group).handler(Exchange::prepare));
      pool = ConnectionPool.of(rig.connector);
    }

    List<EventLoop> loops() {
      List<EventLoop> loops = new ArrayList<>();
      group.forEach(executor -> loops.add((EventLoop) executor));
      return loops;
    }

    /** What a caller on {@code loop} gets. */
    Lease<Channel> acquireOn(EventLoop loop) throws Exception {
      CompletableFuture<Lease<Channel>> leased = new CompletableFuture<>();
      loop.execute(() -> pool.acquire(destination, PATIENT, new Completing(leased)));
      return leased.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      pool.close(Duration.ZERO).join(); // leases may be out
      server.close();
      group.shutdownGracefully(10, 1_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
  }

  private record Completing(CompletableFuture<Lease<Channel>> leased)
      implements AcquireCallback<Channel> {
    @Override
    public void acquired(Lease<Channel> lease) {
      leased.complete(lease);
    }

    @Override
    public void failed(IOException why) {
      leased.completeExceptionally(why);
    }
  }

  @ParameterizedTest
  @EnumSource
  void callersOnLoopsKeepToConnectionsOfTheirOwnLoops(Way way) throws Exception {
    try (Gateway gateway = new Gateway(way)) {
      List<Lease<Channel>> opened = new ArrayList<>();
      List<Caller> callers = new ArrayList<>();
      for (EventLoop loop : gateway.loops()) {
        for (int i = 0; i < CALLERS; i++) {
          Lease<Channel> lease = gateway.acquireOn(loop);
          assertThat(lease.connection().eventLoop()).as("opened for a caller there").isSameAs(loop);
          opened.add(lease);
          callers.add(new Caller(gateway, loop));
        }
      }
      opened.forEach(Lease::close);
      callers.forEach(Caller::begin);
      for (Caller caller : callers) {
        caller.done.get(30, TimeUnit.SECONDS);
      }

      assertThat(callers).allSatisfy(it -> assertThat(it.own.get()).isEqualTo(EXCHANGES));
      assertThat(gateway.pool.snapshot().counters().opened()).isEqualTo(LOOPS * CALLERS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallerWithoutAnIdleConnectionOnItsLoopGetsAnothers(Way way) throws Exception {
    try (Gateway gateway = new Gateway(way)) {
      EventLoop one = gateway.loops().get(0);
      EventLoop other = gateway.loops().get(1);
      Lease<Channel> first = gateway.acquireOn(one);
      Channel only = first.connection();
      first.close();

      assertThat(gateway.acquireOn(other).connection()).isSameAs(only);
      assertThat(gateway.pool.snapshot().counters().opened()).isOne();
    }
  }

  /** Does one exchange after another, all from one loop. */
  private static final class Caller implements AcquireCallback<Channel> {
    final CompletableFuture<Void> done = new CompletableFuture<>();

    /** How often the connection was the loop's own, and its callback came there, without a hop. */
    final AtomicInteger own = new AtomicInteger();

    private final Gateway gateway;
    private final EventLoop loop;
    private int left = EXCHANGES;

    Caller(Gateway gateway, EventLoop loop) {
      this.gateway = gateway;
      this.loop = loop;
    }

    void begin() {
      loop.execute(() -> gateway.pool.acquire(gateway.destination, PATIENT, this));
    }

    @Override
    public void acquired(Lease<Channel> lease) {
      if (lease.connection().eventLoop() == loop && loop.inEventLoop()) {
        own.incrementAndGet();
      }
      var unused =
          Exchange.on(lease, EchoServer.STAY)
              .whenCompleteAsync(
                  (answer, failure) -> {
                    lease.close();
                    if (failure != null) {
                      done.completeExceptionally(failure);
                    } else if (--left == 0) {
                      done.complete(null);
                    } else {
                      gateway.pool.acquire(gateway.destination, PATIENT, this);
                    }
                  },
                  loop);
    }

    @Override
    public void failed(IOException why) {
      done.completeExceptionally(why);
    }
  }
}
