package io.fourtuple.testkit;

import static io.fourtuple.testkit.Invariants.require;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.LeakDetection;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.CapCensus;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.testkit.LineUp.Place;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The pools of a {@link LongWorld}, who waits for them, and what they have lent. */
final class LongPools {
  final List<Lease<SimulatedConnection>> leases = new ArrayList<>();
  final List<Caller> callers = new ArrayList<>();
  private final LongWorld world;
  private final List<OpenPool> pools = new ArrayList<>();
  private final List<Closing> closing = new ArrayList<>();
  private final Set<SimulatedConnection> lent = new HashSet<>();
  private final PriorityQueue<Caller> deadlines =
      new PriorityQueue<>(Comparator.comparingLong((Caller caller) -> caller.dueAt));
  private int poolsMade;

  LongPools(LongWorld world) {
    this.world = world;
    for (int i = 0; i < world.shape.pools(); i++) {
      pools.add(new OpenPool(i));
    }
  }

  /** A pool and its connector. */
  private final class OpenPool {
    final int number = poolsMade++;
    final int user;
    final ConnectionPool<SimulatedConnection> pool;

    OpenPool(int user) {
      this.user = user;
      SimulatedConnector connector = world.network.connector(user);
      pool =
          ConnectionPool.builder(connector)
              .scheduler(world.host.time())
              .random(new SplittableRandom(world.shape.seed() + number))
              .leakDetection(LeakDetection.OFF)
              .build();
      world.invariants.watch(pool, connector);
    }
  }

  private record Closing(ConnectionPool<SimulatedConnection> pool, CompletableFuture<Void> gone) {}

  void closeAndReopen(int n, Duration drain) {
    int user = n % pools.size();
    close(pools.get(user), drain);
    pools.set(user, new OpenPool(user));
  }

  private void close(OpenPool open, Duration drain) {
    closing.add(new Closing(open.pool, open.pool.close(drain)));
  }

  void closeAll() {
    pools.forEach(open -> close(open, Duration.ZERO));
    pools.clear();
  }

  void acquire(int n, int to, Duration timeout) {
    OpenPool pool = pools.get(n % pools.size());
    LineUp lineUp = world.lineUps.of(pool.number, world.network.destinationNumber(to), 0);
    Caller caller = new Caller(world.network.destination(to), timeout, lineUp);
    caller.index = callers.size();
    callers.add(caller);
    deadlines.add(caller);
    caller.waiting = pool.pool.acquire(caller.destination, timeout, caller);
    world.tally.atOnce += caller.wasServed ? 1 : 0;
    List<Endpoint> endpoints = caller.destination.endpoints();
    if (caller.place.isWaiting() && world.network.isShortOfNat(endpoints, pool.user)) {
      world.tally.waitedAtNat++;
    }
  }

  void tryAcquire(int n, int to) {
    OpenPool pool = pools.get(n % pools.size());
    Lease<SimulatedConnection> lease = pool.pool.tryAcquire(world.network.destination(to));
    if (lease == null) {
      world.tally.foundNone++;
    } else {
      world.tally.tookIdle++;
      lend(lease);
    }
  }

  private void lend(Lease<SimulatedConnection> lease) {
    SimulatedConnection connection = lease.connection();
    world.findings.expect(connection.isOpen(), "served with a dead connection:", connection);
    world.findings.expect(lent.add(connection), "lent twice:", connection);
    leases.add(lease);
  }

  Lease<SimulatedConnection> takeLease(int n) {
    Lease<SimulatedConnection> lease = LongWorld.removeFrom(leases, n);
    lent.remove(lease.connection());
    return lease;
  }

  void closeLeases() {
    while (!leases.isEmpty()) {
      takeLease(0).close();
    }
  }

  // ---- the oracle

  /** What the pools have lent is what callers have; of a pool that is gone nothing is left. */
  void check() {
    for (Closing pool : List.copyOf(closing)) {
      if (pool.gone.isDone()) {
        world.invariants.forget(pool.pool);
        closing.remove(pool);
      }
    }
    int leased = 0;
    for (OpenPool pool : pools) {
      leased += pool.pool.snapshot().leased();
    }
    for (Closing pool : closing) {
      leased += pool.pool.snapshot().leased();
    }
    long usable = leases.stream().filter(lease -> lease.connection().isOpen()).count();
    require(leased == usable, "pools have lent", leased, "connections, callers have", usable);
  }

  void nobodyWaitsPastTheDeadline() {
    long now = world.host.time().elapsedNanos();
    Caller first;
    while ((first = deadlines.peek()) != null && (!first.place.isWaiting() || first.dueAt < now)) {
      require(!first.place.isWaiting(), "waits past the deadline:", first.destination);
      deadlines.remove();
    }
  }

  void allHaveEnded() {
    closing.forEach(pool -> require(pool.gone.isDone(), "a pool does not end"));
  }

  /** Who asked for a connection. */
  final class Caller implements AcquireCallback<SimulatedConnection> {
    private final Destination destination;
    private final Place place;
    private final long dueAt;
    private @Nullable Cancellable waiting;
    private int index;
    private boolean wasServed;

    private Caller(Destination destination, Duration timeout, LineUp lineUp) {
      this.destination = destination;
      this.place = lineUp.join();
      this.dueAt = world.host.time().elapsedNanos() + timeout.toNanos();
    }

    private void leave() {
      world.findings.expect(place.isWaiting(), "told twice, who wanted", destination);
      Caller last = callers.remove(callers.size() - 1);
      if (last != this) {
        callers.set(index, last);
        last.index = index;
      }
    }

    void giveUp() {
      leave();
      place.left();
      world.tally.gaveUp++;
      if (waiting != null) {
        waiting.cancel();
      }
    }

    /** Whether there was a port, and no slot of the cap. */
    private static boolean isShortOfSlots(PortCensus census) {
      CapCensus cap = census.cap();
      int ports = census.route().source().ports().size();
      return cap != null
          && cap.free() == 0
          && census.used() < Math.min(ports, census.capacity() + census.foreign());
    }

    @Override
    public void acquired(Lease<SimulatedConnection> lease) {
      leave();
      wasServed = true;
      world.lineUps.served(place);
      world.tally.served++;
      lend(lease);
    }

    @Override
    public void failed(IOException why) {
      leave();
      place.left();
      world.tally.refused++;
      for (Throwable cause = why; cause != null; cause = cause.getCause()) {
        if (cause instanceof PortsExhaustedException refusal
            && refusal.routes().stream().anyMatch(Caller::isShortOfSlots)) {
          world.tally.refusedAtNat++;
        }
        if (cause instanceof BindException) {
          world.tally.surfaced++;
          world.findings.expect(false, "a refusal of the kernel reached a caller:", why);
        }
      }
    }
  }
}
