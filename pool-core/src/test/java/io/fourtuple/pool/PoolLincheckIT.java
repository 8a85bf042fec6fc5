package io.fourtuple.pool;

import static io.fourtuple.pool.StillWorld.DESTINATION;
import static io.fourtuple.pool.StillWorld.SECOND;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.StillWorld.Connection;
import io.fourtuple.port.PortCensus;
import io.fourtuple.testkit.Depth;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Callers on a pool with two ports, in time that stands still, against the public face of the pool.
 * When all calls are over nobody waits beside an idle connection or a free port, a connection has
 * one lease at most, every caller was told once or waits, and nothing is lost.
 *
 * <p>It begins with both connections in use. One was lent from a shelf, and goes back there without
 * a lock; the other goes back through the section. Who wants one meanwhile has to wait.
 */
public class PoolLincheckIT {
  private final StillWorld world = new StillWorld("20000-20001");
  private final ConnectionPool<Connection> pool = world.pool;
  private final Queue<Caller> waiting = new ConcurrentLinkedQueue<>();
  private final Queue<Lease<Connection>> leases = new ConcurrentLinkedQueue<>();
  private final AtomicInteger toldTwice = new AtomicInteger();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger returned = new AtomicInteger();
  private final Connection first;
  private volatile CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);

  public PoolLincheckIT() {
    acquire();
    release();
    acquire();
    first = requireNonNull(leases.peek()).connection();
    acquire();
  }

  private final class Caller implements AcquireCallback<Connection> {
    private final AtomicInteger told = new AtomicInteger();
    volatile @Nullable Cancellable handle;

    private void told() {
      if (told.incrementAndGet() > 1) {
        toldTwice.incrementAndGet();
      }
      waiting.remove(this);
    }

    @Override
    public void acquired(Lease<Connection> lease) {
      told();
      served.incrementAndGet();
      leases.add(lease);
    }

    @Override
    public void failed(IOException why) {
      told();
    }
  }

  @Operation
  public void acquire() {
    Caller caller = new Caller();
    waiting.add(caller);
    caller.handle = pool.acquire(DESTINATION, SECOND, caller);
  }

  @Operation
  public void cancel() {
    Caller caller = waiting.stream().filter(c -> c.handle != null).findFirst().orElse(null);
    if (caller != null && waiting.remove(caller)) {
      requireNonNull(caller.handle).cancel();
    }
  }

  @Operation
  public void release() {
    Lease<Connection> lease = leases.poll();
    if (lease != null) {
      returned.incrementAndGet();
      lease.close();
    }
  }

  @Operation
  public void discard() {
    Lease<Connection> lease = leases.poll();
    if (lease != null) {
      returned.incrementAndGet();
      lease.discard();
      lease.close();
    }
  }

  @Operation
  public void peerCloses() {
    first.end();
  }

  @Operation(runOnce = true)
  public void close() {
    gone = pool.close(Duration.ZERO);
  }

  @Validate
  public void nobodyWaitsInVainAndNothingIsLost() {
    DestinationSnapshot here = pool.snapshot().destinations().stream().findFirst().orElse(null);
    PortCensus census = world.ledger.census().stream().findFirst().orElse(null);
    Set<Connection> lent = new HashSet<>();
    leases.forEach(lease -> lent.add(lease.connection())); // which throws where a lease has ended
    long usable = lent.stream().filter(connection -> connection.isOpen()).count();
    String story = here + ", " + census + ", usable leases " + usable;
    require(toldTwice.get() == 0, "told twice: " + story);
    require(world.ledger.stats().faults() == 0, "a fault in the ledger: " + story);
    require(served.get() - returned.get() == leases.size(), "leases were lost: " + story);
    require(lent.size() == leases.size(), "a connection has two leases: " + story);
    require(gone.isDone(), "closed, and something remains: " + story);
    int waits = here == null ? 0 : here.waiting();
    require(waits == waiting.size(), "nobody told " + waiting.size() + ": " + story);
    if (here != null) {
      require(here.leased() == usable, "not leased what is: " + story);
      require(here.connecting() == 0, "connects remain: " + story);
      require(waits == 0 || here.idle() == 0, "waits beside an idle one: " + story);
    }
    if (census != null) {
      long open = usable + (here == null ? 0 : here.idle());
      require(census.established() == open, "ports and connections differ: " + story);
      require(census.used() == open, "a port is lost: " + story);
      require(waits == 0 || census.free() == 0, "waits beside a port: " + story);
    }
  }

  private static void require(boolean holds, String story) {
    if (!holds) {
      throw new IllegalStateException(story);
    }
  }

  /** What two do at the same time, while somebody waits or nobody. */
  private static final String[][] RACES = {
    {"acquire", "discard", "cancel"},
    {"", "peerCloses", "release"},
    {"acquire", "close", "release"},
  };

  private static <T extends Options<T, ?>> T withRaces(T options) {
    for (String[] race : RACES) {
      options.addCustomScenario(Depth.race(PoolLincheckIT.class, race[0], race[1], race[2], ""));
    }
    return options;
  }

  @Test
  void nobodyWaitsInVainWhateverTheSwitches() {
    int runs = 50;
    assertThat(Depth.check(getClass(), withRaces(Depth.modelChecking(0, runs))))
        .hasSize(RACES.length)
        .containsOnly(runs);
  }

  @Test
  void nobodyWaitsInVainSideBySide() {
    int runs = 200;
    assertThat(
            Depth.check(
                getClass(),
                withRaces(Depth.stress(2, runs)).actorsBefore(0).actorsPerThread(2).actorsAfter(0)))
        .containsOnly(runs);
  }
}
