package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.Depth;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The word of one connection by itself: whatever is done at the same time, each lease is given
 * once, ends once, and all that is told can be put into an order. What needs the section is done
 * under a lock, as there.
 */
@Param(name = "lease", gen = IntGen.class, conf = "2:4")
public class WordLincheckIT {
  private final Lock section = new ReentrantLock();
  private final PooledConnection<String> connection = new PooledConnection<>(null, null, null);

  public WordLincheckIT() {
    connection.endLease(connection.lend().number); // only what was lent comes to a shelf
    connection.toShelf();
  }

  private boolean isThePools() {
    return !connection.hasPlace() && !connection.isLent((int) connection.leases());
  }

  @Operation
  public @Nullable Integer lend() {
    section.lock();
    try {
      return isThePools() ? numberOf(connection.lend()) : null;
    } finally {
      section.unlock();
    }
  }

  @Operation
  public boolean putOnShelf() {
    section.lock();
    try {
      boolean may = isThePools();
      if (may) {
        connection.toShelf();
      }
      return may;
    } finally {
      section.unlock();
    }
  }

  /** By whoever has just put it there too, so without a lock. */
  @Operation
  public boolean takeFromShelf() {
    return connection.takeFromShelf();
  }

  @Operation
  public boolean losePlace() {
    section.lock();
    try {
      return connection.losePlace();
    } finally {
      section.unlock();
    }
  }

  @Operation
  public @Nullable Integer lendFromShelf() {
    return numberOf(connection.lendFromShelf());
  }

  @Operation
  public boolean returnToShelf(@Param(name = "lease") int lease) {
    return connection.returnToShelf(lease);
  }

  @Operation
  public boolean endLease(@Param(name = "lease") int lease) {
    return connection.endLease(lease);
  }

  private static @Nullable Integer numberOf(@Nullable Lease<String> lease) {
    return lease == null ? null : lease.number;
  }

  @Test
  void whoHasItCanBePutInOrderWhateverTheSwitches() {
    int runs = 100;
    assertThat(Depth.check(getClass(), Depth.modelChecking(30, runs))).contains(runs);
  }

  @Test
  void whoHasItCanBePutInOrderSideBySide() {
    int runs = 50;
    assertThat(Depth.check(getClass(), Depth.stress(20, runs))).containsOnly(runs);
  }
}
