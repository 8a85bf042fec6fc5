package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A pool of one way, and all that happens to it in a soak: two back ends that are killed and come
 * back, neighbours that take its ports and give them back, closed and reopened pools. The ledger
 * lives as long as the lane.
 */
@SuppressWarnings("FutureReturnValueIgnored") // All ends are counted elsewhere.
final class SoakLane implements AutoCloseable {
  private static final int FIRST_BACK_END = 52_000;

  /** More than there are ports, so that some always wait. */
  private static final int CALLERS_BEYOND_PORTS = 32;

  private static final int MOMENT_MILLIS = 20;

  /** Against hanging for ever. */
  private static final int PATIENCE_SECONDS = 120;

  /** In moments. */
  private static final int KILL_EVERY = 48;

  private static final int REOPEN_EVERY = 130;

  final Way way;
  final PortLedger ledger;
  private final HostPorts ports;
  private final List<SoakBackEnd> backEnds;
  private final Destination destination;
  private final SoakTally tally;
  private final ScheduledExecutorService disturber;
  private final SoakNeighbours neighbours;
  private final SoakCallers callers;
  private volatile NettyConnector connector;
  private volatile ConnectionPool<Channel> pool;
  private int moments;
  private volatile boolean wasKilled;
  private volatile boolean wasReopened;
  private volatile boolean running;
  private volatile CompletableFuture<Void> disturbed = CompletableFuture.completedFuture(null);

  SoakLane(
      Way way,
      EventLoopGroup servers,
      ScheduledExecutorService executor,
      ScheduledExecutorService disturber,
      SoakTally tally) {
    this.way = way;
    this.tally = tally;
    this.disturber = disturber;
    ledger = PortLedger.create(HostNetwork.read().limits());
    List<String> sources =
        Stream.of(1, 2).map(n -> "127.0." + (1 + way.ordinal()) + "." + n).toList();
    HostPorts.Builder builder =
        HostPorts.builder().selection(way.selection).ports(way.ports()).headRoom(0).ledger(ledger);
    ports = way.binds ? builder.sources(sources.toArray(String[]::new)).build() : builder.build();
    backEnds =
        Stream.of(0, 1)
            .map(n -> Endpoint.of("127.0.0.1", FIRST_BACK_END + 2 * way.ordinal() + n))
            .map(endpoint -> new SoakBackEnd(servers, endpoint))
            .toList();
    destination =
        new Destination(way.toString(), backEnds.stream().map(SoakBackEnd::endpoint).toList());
    neighbours = new SoakNeighbours(way, ports.sources(), destination.endpoints());
    int callersAtATime =
        way.ports().size() * backEnds.size() * (way.binds ? 2 : 1) + CALLERS_BEYOND_PORTS;
    callers = new SoakCallers(callersAtATime, () -> pool, destination, executor, tally);
  }

  /** Opens a pool and begins to load it. */
  void start() {
    wasKilled = false;
    wasReopened = false;
    connector = connector();
    pool = pool();
    running = true;
    callers.start();
    disturbLater();
  }

  private NettyConnector connector() {
    return NettyConnector.builder()
        .ports(ports)
        .transport(way.transport)
        .handler(Exchange::prepare)
        .closeTimeout(Duration.ofMillis(200))
        .build();
  }

  private ConnectionPool<Channel> pool() {
    return ConnectionPool.builder(connector)
        .backOff(Duration.ofMillis(20), Duration.ofMillis(200))
        .maxIdleTime(Duration.ofSeconds(2))
        .build();
  }

  // ---- disturbances

  private void disturbLater() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    disturbed = done;
    disturber.schedule(
        () -> {
          try {
            if (running) {
              disturb();
            }
          } catch (IOException | RuntimeException | Error e) {
            tally.fault("disturbing failed: " + e);
          }
          if (running) {
            disturbLater();
          }
          done.complete(null);
        },
        MOMENT_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void disturb() throws IOException {
    tally.neighbours.add(neighbours.comeAndGo());
    int moment = moments++;
    switch (moment % KILL_EVERY) {
      case KILL_EVERY / 3 -> kill(moment / KILL_EVERY);
      case 2 * KILL_EVERY / 3 -> backEnds.forEach(SoakBackEnd::restart);
      default -> {}
    }
    if (moment % REOPEN_EVERY == REOPEN_EVERY / 2) {
      reopen(moment / REOPEN_EVERY % 2 == 0);
    }
  }

  /** One, the other, both. */
  private void kill(int round) {
    for (int i = 0; i < backEnds.size(); i++) {
      if (round % 3 != i) {
        backEnds.get(i).kill();
        tally.kills.increment();
        wasKilled = true;
      }
    }
  }

  /** A new pool takes the place of the old one, which drains; sometimes on a new connector. */
  private void reopen(boolean newConnector) {
    NettyConnector before = connector;
    ConnectionPool<Channel> old = pool;
    if (newConnector) {
      connector = connector();
    }
    pool = pool();
    tally.reopened.increment();
    old.close(Duration.ofMillis(ThreadLocalRandom.current().nextInt(300)))
        .whenComplete(
            (gone, never) -> {
              tally.poolClosed(old.snapshot().counters());
              if (newConnector) {
                before.close();
                wasReopened = true;
              }
            });
  }

  /** Whether since the start a back end was killed, and a connector took the place of another. */
  boolean hasSeenAll() {
    return wasKilled && wasReopened;
  }

  // ---- the end

  /** Ends the load. */
  void stop() {
    running = false;
    callers.stop();
  }

  /**
   * After {@link #stop}: compares what is left with the kernel, closes the pool, compares again.
   */
  void end() throws Exception {
    disturbed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    System.out.println("soak: " + way + " ends");
    SocketWorld.awaitUntil("the last caller of " + way, callers::areGone, callers::active);
    neighbours.close();
    backEnds.forEach(SoakBackEnd::restart);
    SocketWorld.awaitUntil("peace of " + way, this::isAtPeace, () -> pool.snapshot().toString());
    Agreement.await(ledger);

    pool.close(Duration.ZERO).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    tally.poolClosed(pool.snapshot().counters());
    connector.close();
    Agreement.await(ledger);
    assertThat(ledger.census()).allMatch(census -> census.established() == 0);
    assertThat(ledger.stats().faults()).isZero();
  }

  private boolean isAtPeace() {
    PoolSnapshot now = pool.snapshot();
    return now.leased() == 0 && now.connecting() == 0 && now.waiting() == 0;
  }

  @Override
  public void close() {
    backEnds.forEach(SoakBackEnd::close);
  }
}
