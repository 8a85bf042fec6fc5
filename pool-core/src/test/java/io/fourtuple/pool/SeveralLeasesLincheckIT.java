package io.fourtuple.pool;

import static io.fourtuple.pool.StillWorld.DESTINATION;
import static io.fourtuple.pool.StillWorld.SECOND;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.StillWorld.Connection;
import io.fourtuple.port.PortCensus;
import io.fourtuple.testkit.Depth;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Callers on a pool with one port, whose connection carries one lease at first, and others later.
 * When all calls are over nobody waits beside a free slot, every lease is known to the pool, and
 * the connection is closed if it is to be and no lease is out.
 */
public class SeveralLeasesLincheckIT {
  private final StillWorld world = new StillWorld("20000-20000");
  private final ConnectionPool<Connection> pool = world.pool;
  private final Queue<Lease<Connection>> leases = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();
  private final Connection first;
  private volatile boolean isOver;

  public SeveralLeasesLincheckIT() {
    acquire();
    release();
    acquire();
    first = requireNonNull(leases.peek()).connection();
  }

  private final class Caller implements AcquireCallback<Connection> {
    @Override
    public void acquired(Lease<Connection> lease) {
      told.incrementAndGet();
      leases.add(lease);
    }

    @Override
    public void failed(IOException why) {
      told.incrementAndGet();
    }
  }

  @Operation
  public void acquire() {
    asked.incrementAndGet();
    pool.acquire(DESTINATION, SECOND, new Caller());
  }

  @Operation
  public void release() {
    Lease<Connection> lease = leases.poll();
    if (lease != null) {
      lease.close();
    }
  }

  @Operation
  public void discard() {
    Lease<Connection> lease = leases.poll();
    if (lease != null) {
      isOver = true;
      lease.discard();
      lease.close();
    }
  }

  @Operation
  public void one() {
    first.allow(1);
  }

  @Operation
  public void two() {
    first.allow(2);
  }

  @Operation(runOnce = true)
  public void drain() {
    isOver = true;
    first.drain();
  }

  @Validate
  public void noSlotIsLost() {
    DestinationSnapshot here = pool.snapshot().destinations().get(0);
    PortCensus census = world.ledger.census().get(0);
    long out = leases.stream().filter(lease -> lease.connection().isOpen()).count();
    long onFirst = leases.stream().filter(lease -> lease.connection() == first).count();
    String story = here + ", " + census + ", leases " + out + ", of the first " + onFirst;
    require(here.leases() == out, "leases differ: " + story);
    require(here.waiting() == asked.get() - told.get(), "waiters differ: " + story);
    require(here.waiting() == 0 || here.idle() == 0, "waits beside an idle one: " + story);
    require(here.waiting() == 0 || census.free() == 0, "waits beside a port: " + story);
    require(here.leased() + here.idle() == census.established(), "ports differ: " + story);
    boolean hasSlot = first.isOpen() && !isOver && onFirst < first.maxLeases();
    require(here.waiting() == 0 || !hasSlot, "waits beside a slot: " + story);
    require(!isOver || onFirst > 0 || !first.isOpen() || wasReplaced(), "not closed: " + story);
  }

  /** A discard may have been of another connection, opened after the first was closed. */
  private boolean wasReplaced() {
    return pool.snapshot().counters().opened() > 1;
  }

  private static void require(boolean holds, String story) {
    if (!holds) {
      throw new IllegalStateException(story);
    }
  }

  /** What two do at the same time, while somebody waits or nobody. */
  private static final String[][] RACES = {
    {"", "two", "release"},
    {"acquire", "two", "release"},
    {"two; acquire; acquire", "discard", "release"},
    {"two; acquire", "drain", "release; release"},
  };

  private static <T extends Options<T, ?>> T withRaces(T options) {
    for (String[] race : RACES) {
      options.addCustomScenario(
          Depth.race(SeveralLeasesLincheckIT.class, race[0], race[1], race[2], ""));
    }
    return options;
  }

  @Test
  void noSlotIsLostWhateverTheSwitches() {
    int runs = 50;
    assertThat(Depth.check(getClass(), withRaces(Depth.modelChecking(0, runs))))
        .hasSize(RACES.length)
        .containsOnly(runs);
  }

  @Test
  void noSlotIsLostSideBySide() {
    int runs = 200;
    assertThat(
            Depth.check(
                getClass(),
                withRaces(Depth.stress(2, runs)).actorsBefore(0).actorsPerThread(2).actorsAfter(0)))
        .containsOnly(runs);
  }
}
