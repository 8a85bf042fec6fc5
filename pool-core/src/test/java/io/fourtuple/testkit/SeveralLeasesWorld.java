package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.testkit.Scenario.Operation;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Two pools on one ledger, to peers whose connections carry one lease or several, which changes.
 * The first pool is told that they may; the second finds out.
 */
final class SeveralLeasesWorld extends SimulatedWorld {
  private static final List<Destination> DESTINATIONS =
      List.of(
          Destination.of("one", PEERS.get(0)),
          Destination.of("one-again", PEERS.get(0)),
          Destination.of("both", PEERS.get(0), PEERS.get(1)));

  /** Longer than any scenario, so that what the pool has learned is not forgotten. */
  private static final Duration LONG = Duration.ofDays(1);

  private final List<Side> sides = new ArrayList<>();
  private final List<Lease<SimulatedConnection>> ended = new ArrayList<>();

  /** A pool and its callers. */
  private final class Side {
    final SimulatedConnector connector;
    final SeveralLeasesWatch watch;
    final ConnectionPool<SimulatedConnection> pool;
    final List<Caller> callers = new ArrayList<>();

    Side(SimulatedConnector connector, boolean mayMultiplex, long seed) {
      this.connector = connector;
      watch = new SeveralLeasesWatch(connector, mayMultiplex);
      watch.waiting(this::waiting);
      pool =
          ConnectionPool.builder(watch)
              .scheduler(host.time())
              .random(new SplittableRandom(seed))
              .maxIdleTime(LONG)
              .maxLifetime(LONG.multipliedBy(2))
              .build();
      invariants.watch(pool, connector);
    }

    int waiting(Destination destination) {
      return (int)
          callers.stream().filter(c -> c.isWaiting() && c.destination.equals(destination)).count();
    }

    void check() {
      watch.check(DESTINATIONS);
      PoolSnapshot snapshot = pool.snapshot();
      require(
          snapshot.leases() == watch.usable(),
          "pools have lent",
          snapshot.leases(),
          "leases, callers have",
          watch.usable());
      require(
          snapshot.waiting() == callers.stream().filter(Caller::isWaiting).count(),
          "waiters were lost:",
          callers);
      inOrderAndInTime();
      callers.removeIf(caller -> !caller.isWaiting());
    }

    /** First come, first served; nobody waits past his deadline. */
    private void inOrderAndInTime() {
      for (Destination destination : DESTINATIONS) {
        boolean somebodyWaits = false;
        for (Caller caller : callers) {
          if (caller.destination.equals(destination)) {
            require(!(somebodyWaits && caller.wasServed()), "passed by:", callers);
            somebodyWaits |= caller.isWaiting();
          }
        }
      }
      long now = host.time().read();
      callers.forEach(c -> require(!c.isWaiting() || !c.deadline.isOver(now), "too late:", c));
    }
  }

  SeveralLeasesWorld(Setting setting) {
    super(setting);
    sides.add(new Side(connectors.get(0), true, setting.seed()));
    sides.add(new Side(connectors.get(1), false, setting.seed()));
    allow((int) setting.seed() % 5);
  }

  private void allow(int most) {
    PEERS.forEach(peer -> host.kernel().peer(peer).allows(most));
  }

  @Override
  public void check() {
    super.check();
    sides.forEach(Side::check);
  }

  @Override
  public void finish() {
    calmDown();
    allow(3);
    for (SimulatedConnector connector : connectors) {
      connector.connections().forEach(connection -> connection.allows(3));
    }
    closeAllLeases();
    host.advance(Duration.ofSeconds(10)); // the longest that callers wait
    sides.forEach(side -> require(side.callers.stream().noneMatch(Caller::isWaiting), "waits"));
    closeAllLeases();
    check();
    sides.forEach(side -> require(side.pool.snapshot().leased() == 0, "a slot was lost"));
    List<CompletableFuture<Void>> closed =
        sides.stream().map(side -> side.pool.close(Duration.ZERO)).toList();
    host.advance(Duration.ofSeconds(5));
    closed.forEach(future -> require(future.isDone(), "a pool does not end"));
    checkNothingIsLeft();
  }

  private void closeAllLeases() {
    for (Side side : sides) {
      while (!side.watch.leases().isEmpty()) {
        side.watch.take(side.watch.leases().get(0)).close();
      }
    }
  }

  /** Who asked for a connection. */
  private final class Caller implements AcquireCallback<SimulatedConnection> {
    final Side side;
    final Destination destination;
    final Deadline deadline;
    private final List<String> told = new ArrayList<>();
    private @Nullable Cancellable waiting;

    Caller(Side side, Destination destination, Duration timeout) {
      this.side = side;
      this.destination = destination;
      this.deadline = Deadline.after(host.time().read(), timeout);
    }

    boolean isWaiting() {
      return told.isEmpty();
    }

    boolean wasServed() {
      return told.contains("served");
    }

    void giveUp() {
      if (waiting != null && isWaiting()) {
        told.add("gave up");
        waiting.cancel();
      }
    }

    @Override
    public void acquired(Lease<SimulatedConnection> lease) {
      require(told.isEmpty(), "told twice:", this);
      told.add("served");
      side.watch.lent(lease);
    }

    @Override
    public void failed(IOException why) {
      require(told.isEmpty(), "told twice:", this);
      told.add(why.toString());
    }

    @Override
    public String toString() {
      return destination + " " + told;
    }
  }

  private Side side(int n) {
    return sides.get(n % sides.size());
  }

  private static Destination to(int n) {
    return DESTINATIONS.get(n % DESTINATIONS.size());
  }

  record Acquire(int pool, int destination, int millis) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      Side side = world.side(pool);
      Duration timeout = Duration.ofMillis(millis);
      Caller caller = world.new Caller(side, to(destination), timeout);
      side.callers.add(caller);
      caller.waiting = side.pool.acquire(caller.destination, timeout, caller);
    }
  }

  record TryAcquire(int pool, int destination) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      Side side = world.side(pool);
      Lease<SimulatedConnection> lease = side.pool.tryAcquire(to(destination));
      if (lease != null) {
        side.watch.lent(lease);
      }
    }
  }

  record Release(int pool, int lease) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      SeveralLeasesWatch watch = world.side(pool).watch;
      nth(
          watch.leases(),
          lease,
          it -> {
            world.ended.add(watch.take(it));
            it.close();
          });
    }
  }

  record Discard(int pool, int lease) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      SeveralLeasesWatch watch = world.side(pool).watch;
      nth(
          watch.leases(),
          lease,
          it -> {
            watch.discards(it);
            world.ended.add(watch.take(it));
            it.discard();
          });
    }
  }

  /** A lease that has ended is closed and discarded once more. */
  record EndAgain(int lease) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      nth(
          world.ended,
          lease,
          it -> {
            it.close();
            it.discard();
          });
    }
  }

  record GiveUp(int pool, int caller) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      nth(world.side(pool).callers, caller, Caller::giveUp);
    }
  }

  record Allow(int pool, int connection, int most) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      nth(world.side(pool).connector.connections(), connection, it -> it.allows(most));
    }
  }

  record AllowNew(int peer, int most) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      world.host.kernel().peer(endpoint(peer)).allows(most);
    }
  }

  record Drain(int pool, int connection) implements Operation<SeveralLeasesWorld> {
    @Override
    public void apply(SeveralLeasesWorld world) {
      nth(world.side(pool).connector.connections(), connection, SimulatedConnection::announcesEnd);
    }
  }

  /** What callers and peers do. */
  static Operation<? super SeveralLeasesWorld> any(SplittableRandom random) {
    int a = random.nextInt(2);
    int b = random.nextInt(16);
    int most = random.nextInt(5);
    return switch (random.nextInt(28)) {
      case 0, 1, 2, 3, 4, 5, 6, 7 -> new Acquire(a, b, random.nextInt(10_000));
      case 8 -> new TryAcquire(a, b);
      case 9, 10, 11, 12, 13 -> new Release(a, b);
      case 14 -> new Discard(a, b);
      case 15 -> new EndAgain(b);
      case 16 -> new GiveUp(a, b);
      case 17, 18 -> new Allow(a, b, most);
      case 19 -> new AllowNew(a, most);
      case 20 -> new Drain(a, b);
      case 21, 22, 23 -> new Advance(1 + random.nextInt(30));
      default -> peersAct(random);
    };
  }
}
