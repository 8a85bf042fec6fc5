package io.fourtuple.pool;

import static io.fourtuple.pool.StillWorld.DESTINATION;
import static io.fourtuple.pool.StillWorld.SECOND;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.StillWorld.Connection;
import io.fourtuple.testkit.Depth;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * The one race on which all of {@link Shelves} depends: a connection is put back without the lock
 * while somebody finds none and queues. Whatever the switches, that one is served, and by the
 * connection that is there.
 */
public class ShelfLincheckIT {
  private final ConnectionPool<Connection> pool = new StillWorld("20000-20000").pool;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger served = new AtomicInteger();
  private final Lease<Connection> lease;

  public ShelfLincheckIT() {
    pool.acquireAsync(DESTINATION, SECOND).join().close(); // to the shelf of this thread
    lease = requireNonNull(pool.tryAcquire(DESTINATION)); // from there, and back without the lock
  }

  @Operation(runOnce = true)
  public void release() {
    lease.close();
  }

  @Operation(runOnce = true)
  public void acquire() {
    asked.incrementAndGet();
    pool.acquire(
        DESTINATION,
        SECOND,
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<Connection> now) {
            served.incrementAndGet();
          }

          @Override
          public void failed(IOException why) {}
        });
  }

  private long opened() {
    return pool.snapshot().counters().opened();
  }

  @Validate
  public void whoAskedIsServedByWhatIsThere() {
    boolean isOver = !lease.pooled().isLent(lease.number);
    if (isOver && (served.get() != asked.get() || opened() != 1)) {
      throw new IllegalStateException(
          "asked "
              + asked
              + ", served "
              + served
              + ", opened "
              + opened()
              + ": "
              + pool.snapshot());
    }
  }

  @Test
  void whoBeginsToWaitIsServedWhateverTheSwitches() {
    int runs = 200;
    assertThat(
            Depth.check(
                getClass(),
                Depth.modelChecking(0, runs)
                    .addCustomScenario(Depth.race(getClass(), "", "release", "acquire", ""))))
        .containsExactly(runs);
  }
}
