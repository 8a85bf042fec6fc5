package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.DestinationSnapshot;
import io.fourtuple.pool.Lease;
import io.fourtuple.pool.PoolClosedException;
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
 * Two pools on one ledger, with destinations that share endpoints. Under odd seeds they keep
 * connections idle; under every third one, endpoints that are back do not start slowly; under every
 * fifth one, callers that wait for a port in vain are refused early.
 */
final class PoolWorld extends SimulatedWorld {
  private static final List<Destination> DESTINATIONS =
      List.of(
          Destination.of("one", PEERS.get(0)),
          Destination.of("other", PEERS.get(1)),
          Destination.of("one-again", PEERS.get(0)),
          Destination.of("both", PEERS.get(0), PEERS.get(1)));

  private static final Duration PATIENCE = Duration.ofMillis(250);

  private final List<ConnectionPool<SimulatedConnection>> pools = new ArrayList<>();
  private final List<List<Caller>> callers = List.of(new ArrayList<>(), new ArrayList<>());
  private final List<Lease<SimulatedConnection>> leases = new ArrayList<>();
  private final List<CompletableFuture<DestinationSnapshot>> warmUps = new ArrayList<>();

  PoolWorld(Setting setting) {
    super(setting);
    for (SimulatedConnector connector : connectors) {
      WarmUpWatch watch = new WarmUpWatch(connector);
      ConnectionPool<SimulatedConnection> pool =
          ConnectionPool.builder(watch)
              .scheduler(host.time())
              .random(new SplittableRandom(setting.seed()))
              .minIdlePerDestination(setting.seed() % 2 == 1 ? 2 : 0)
              .warmUpPace(WarmUpWatch.CONNECTING, WarmUpWatch.INTERVAL)
              .portPatience(setting.seed() % 5 == 0 ? PATIENCE : Duration.ofDays(365))
              .slowStart(Duration.ofSeconds(setting.seed() % 3 == 0 ? 0 : 10))
              .build();
      watch.over(pool);
      pools.add(pool);
      invariants.watch(pool, connector);
    }
  }

  ConnectionPool<SimulatedConnection> pool(int n) {
    return pools.get(n % pools.size());
  }

  @Override
  public void check() {
    super.check();
    int leased = pools.stream().mapToInt(pool -> pool.snapshot().leased()).sum();
    long usable = leases.stream().filter(lease -> lease.connection().isOpen()).count();
    require(leased == usable, "pools have lent", leased, "connections, callers have", usable);
    callers.forEach(this::callersAreServedInOrderAndInTime);
  }

  /** (5) First come, first served; nobody waits past his deadline. */
  private void callersAreServedInOrderAndInTime(List<Caller> all) {
    for (Destination destination : DESTINATIONS) {
      List<Caller> here = all.stream().filter(c -> c.destination.equals(destination)).toList();
      boolean somebodyWaits = false;
      for (Caller caller : here) {
        require(!(somebodyWaits && caller.wasServed()), "passed by:", here);
        somebodyWaits |= caller.isWaiting();
        require(
            !caller.isWaiting() || !caller.deadline.isOver(host.time().read()),
            "waits past the deadline:",
            caller);
      }
    }
    all.removeIf(caller -> !caller.isWaiting());
  }

  @Override
  public void finish() {
    calmDown();
    closeAllLeases();
    host.advance(Duration.ofSeconds(10)); // the longest that callers wait
    callers.forEach(all -> require(all.stream().noneMatch(Caller::isWaiting), "still:", all));
    closeAllLeases();
    check();
    List<CompletableFuture<Void>> closed =
        pools.stream().map(pool -> pool.close(Duration.ZERO)).toList();
    host.advance(Duration.ofSeconds(5));
    closed.forEach(future -> require(future.isDone(), "a pool does not end"));
    warmUps.forEach(future -> require(future.isDone(), "who asked for warmth is told nothing"));
    checkNothingIsLeft();
  }

  /** One after another, because what comes back may serve the next caller at once. */
  private void closeAllLeases() {
    while (!leases.isEmpty()) {
      leases.remove(0).close();
    }
  }

  /** Who asked for a connection. */
  private final class Caller implements AcquireCallback<SimulatedConnection> {
    final Destination destination;
    final Deadline deadline;
    private final List<String> told = new ArrayList<>();
    private @Nullable Cancellable waiting;

    Caller(Destination destination, Duration timeout) {
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
      require(lease.connection().isOpen(), "served with a dead connection:", lease);
      told.add("served");
      leases.add(lease);
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

  record Acquire(int pool, int destination, int millis) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      Destination wanted = DESTINATIONS.get(destination % DESTINATIONS.size());
      Duration timeout = Duration.ofMillis(millis);
      Caller caller = world.new Caller(wanted, timeout);
      world.callers.get(pool % 2).add(caller);
      caller.waiting = world.pool(pool).acquire(wanted, timeout, caller);
    }
  }

  record TryAcquire(int pool, int destination) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      Destination wanted = DESTINATIONS.get(destination % DESTINATIONS.size());
      Lease<SimulatedConnection> lease = world.pool(pool).tryAcquire(wanted);
      if (lease != null) {
        world.leases.add(lease);
      }
    }
  }

  record Release(int lease) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      nth(
          world.leases,
          lease,
          it -> {
            world.leases.remove(it);
            it.close();
          });
    }
  }

  record Discard(int lease) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      nth(
          world.leases,
          lease,
          it -> {
            world.leases.remove(it);
            it.discard();
            it.close();
          });
    }
  }

  record GiveUp(int pool, int caller) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      nth(world.callers.get(pool % 2), caller, Caller::giveUp);
    }
  }

  record PeerSends(int pool, int connection) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      nth(
          world.connectors,
          pool,
          c -> nth(c.connections(), connection, SimulatedConnection::peerSends));
    }
  }

  record WarmUp(int pool, int destination) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      Destination wanted = DESTINATIONS.get(destination % DESTINATIONS.size());
      world.warmUps.add(world.pool(pool).warmUp(wanted));
    }
  }

  record ClosePool(int pool, int drainMillis) implements Operation<PoolWorld> {
    @Override
    public void apply(PoolWorld world) {
      ConnectionPool<SimulatedConnection> closing = world.pool(pool);
      var gone = closing.close(Duration.ofMillis(drainMillis));
      require(gone != null, "no future");
      world.host.time().runUntilIdle();
      require(closing.tryAcquire(DESTINATIONS.get(0)) == null, "a closed pool lends");
      Caller late = world.new Caller(DESTINATIONS.get(0), Duration.ofSeconds(1));
      closing.acquire(late.destination, Duration.ofSeconds(1), late);
      require(
          late.told.toString().contains(PoolClosedException.class.getSimpleName()),
          "a closed pool says",
          late);
    }
  }

  /** Operations that are all our own doing, or our peers'. */
  static Operation<? super PoolWorld> undisturbed(SplittableRandom random) {
    int a = random.nextInt(2);
    int b = random.nextInt(16);
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3, 4, 5, 6 -> new Acquire(a, b, random.nextInt(10_000));
      case 7 -> new TryAcquire(a, b);
      case 8, 9, 10, 11, 12 -> new Release(b);
      case 13, 14 -> new Discard(b);
      case 15 -> random.nextInt(4) == 0 ? new WarmUp(a, b) : new GiveUp(a, b);
      case 16 -> new PeerSends(a, b);
      case 17 -> random.nextInt(20) == 0 ? new ClosePool(a, random.nextInt(2_000)) : new Release(b);
      default -> peersAct(random);
    };
  }

  /** With others who take ports away. */
  static Operation<? super PoolWorld> disturbed(SplittableRandom random) {
    return random.nextInt(5) == 0 ? othersDisturb(random) : undisturbed(random);
  }
}
