package io.fourtuple.pool;

import static io.fourtuple.pool.StillWorld.DESTINATION;
import static io.fourtuple.pool.StillWorld.SECOND;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.testkit.Depth;
import java.util.concurrent.CompletableFuture;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Callers that want the only connection, while it is in use: what each of them is told, and whether
 * it was served, refused, or gave up, can be explained by an order of the calls.
 *
 * <p>Each thread is a caller, with one call at most. An acquire tells nothing by itself, or a
 * caller that is served inside of it would seem to have come after the others; how the call went is
 * asked later. Somebody else has the connection at first, and it comes back without a lock.
 */
@Param(name = "caller", gen = ThreadIdGen.class)
public class WaitersLincheckIT {
  private static final int MOST_CALLERS = 8;

  private final ConnectionPool<StillWorld.Connection> pool = new StillWorld("20000-20000").pool;
  private final CompletableFuture<Lease<StillWorld.Connection>>[] calls = newCalls();
  private final Lease<StillWorld.Connection> lease;

  /** Completes when {@code close} returns; null before it begins. */
  private volatile @Nullable CompletableFuture<Void> closing;

  private volatile CompletableFuture<Void> gone = CompletableFuture.completedFuture(null);

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static CompletableFuture<Lease<StillWorld.Connection>>[] newCalls() {
    return new CompletableFuture[MOST_CALLERS];
  }

  /** How a call went. */
  public enum Outcome {
    NONE,
    SERVED,
    REFUSED,
    GAVE_UP
  }

  public WaitersLincheckIT() {
    pool.acquireAsync(DESTINATION, SECOND).join().close(); // to the shelf of this thread
    lease = requireNonNull(pool.tryAcquire(DESTINATION)); // from there, and back to there
  }

  @Operation
  public boolean acquire(@Param(name = "caller") int caller) {
    boolean may = calls[caller] == null;
    if (may) {
      calls[caller] = pool.acquireAsync(DESTINATION, SECOND);
    }
    return may;
  }

  @Operation
  public boolean tryAcquire(@Param(name = "caller") int caller) {
    Lease<StillWorld.Connection> now = calls[caller] == null ? pool.tryAcquire(DESTINATION) : null;
    if (now != null) {
      calls[caller] = CompletableFuture.completedFuture(now);
    }
    return now != null;
  }

  @Operation
  public Outcome cancel(@Param(name = "caller") int caller) {
    CompletableFuture<Lease<StillWorld.Connection>> call = calls[caller];
    if (call == null) {
      return Outcome.NONE;
    }
    CompletableFuture<Void> ending = closing;
    if (ending != null) {
      ending.join(); // a pool does not close in one step
    }
    if (call.cancel(false)) {
      return Outcome.GAVE_UP;
    }
    return call.isCompletedExceptionally() ? Outcome.REFUSED : Outcome.SERVED;
  }

  /** A caller gives back what it was served, if it was, and may call again. */
  @Operation
  public Outcome release(@Param(name = "caller") int caller) {
    Outcome outcome = cancel(caller);
    if (outcome == Outcome.SERVED) {
      calls[caller].join().close();
    }
    calls[caller] = null;
    return outcome;
  }

  @Operation(runOnce = true)
  public void giveBack() {
    lease.close();
  }

  @Operation(runOnce = true)
  public void close() {
    CompletableFuture<Void> ending = new CompletableFuture<>();
    closing = ending;
    gone = pool.close(SECOND);
    ending.complete(null);
  }

  @Validate
  public void nobodyWaitsInVainAndNothingIsLost() {
    boolean isGivenBack = !lease.pooled().isLent(lease.number);
    int leases = isGivenBack ? 0 : 1;
    int waiting = 0;
    for (CompletableFuture<Lease<StillWorld.Connection>> call : calls) {
      if (call != null && !call.isDone()) {
        waiting++;
      } else if (call != null && !call.isCompletedExceptionally()) {
        leases++;
      }
    }
    boolean isClosed = closing != null;
    PoolSnapshot now = pool.snapshot();
    int waits = now.destinations().stream().mapToInt(DestinationSnapshot::waiting).sum();
    boolean holds =
        leases <= 1
            && now.leased() == leases
            && now.idle() == (isClosed ? 0 : 1 - leases)
            && waits == waiting
            && (waiting == 0 || (leases == 1 && !isClosed))
            && gone.isDone() == (!isClosed || leases == 0);
    if (!holds) {
      throw new IllegalStateException(
          "leases " + leases + ", waiting " + waiting + ", closed " + isClosed + ": " + now);
    }
  }

  /** Who has called before, what two do at the same time, and what is asked in the end. */
  private static final String[][] RACES = {
    {"", "giveBack", "acquire 1", "cancel 1"}, // put back, and begin to wait
    {"acquire 0", "giveBack", "cancel 0", "tryAcquire 1"}, // deliver, and cancel
    {"acquire 0; acquire 1", "giveBack", "cancel 0", "cancel 1"}, // and serve the next
    {"", "close", "acquire 1", "cancel 1"}, // close, and begin to wait
    {"acquire 0", "close", "giveBack", ""}, // close, and deliver
    {"acquire 0", "close", "cancel 0", "giveBack"}, // close, and cancel
  };

  private static <T extends Options<T, ?>> T withRaces(T options) {
    for (String[] race : RACES) {
      options.addCustomScenario(
          Depth.race(WaitersLincheckIT.class, race[0], race[1], race[2], race[3]));
    }
    return options;
  }

  /** Each of the programs leaves more switches to try than it is given runs. */
  @Test
  void callsCanBePutInOrderWhateverTheSwitches() {
    int runs = 50;
    assertThat(Depth.check(getClass(), withRaces(Depth.modelChecking(0, runs))))
        .hasSize(RACES.length)
        .containsOnly(runs);
  }

  @Test
  void callsCanBePutInOrderSideBySide() {
    int runs = 400;
    assertThat(Depth.check(getClass(), withRaces(Depth.stress(2, runs)))).containsOnly(runs);
  }
}
