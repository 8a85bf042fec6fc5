package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.Depth;
import io.fourtuple.time.Scheduler.Cancellable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The one race on which all of {@link Shelves} depends: a connection is put back without the lock
 * while somebody finds none and queues. Whatever the switches, that one is served, and by the
 * connection that is there.
 */
public class ShelfLincheckIT {
  private static final Endpoint ENDPOINT = Endpoint.of("203.0.113.7", 443);
  private static final Destination DESTINATION = Destination.of("one", ENDPOINT);
  private static final SourceAddress SOURCE =
      SourceAddress.of(
          Endpoint.of("10.0.0.5", 1).address(), PortSet.parse("20000-20000"), PortSelection.OWNED);

  private final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults())
          .ticker(() -> 0)
          .scheduler((task, delay) -> () -> {})
          .rest(Duration.ZERO)
          .build();
  private final AtomicInteger opened = new AtomicInteger();
  private final ConnectionPool<String> pool =
      ConnectionPool.builder(new AtOnce())
          .leakDetection(LeakDetection.OFF)
          .random(new SplittableRandom(1))
          .build();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger served = new AtomicInteger();
  private final Lease<String> lease;
  private @Nullable Lease<String> given;

  public ShelfLincheckIT() {
    acquired().close(); // through the section to the shelf of this thread
    lease = acquired(); // from there, and back to there without the lock
  }

  private Lease<String> acquired() {
    pool.acquire(
        DESTINATION,
        Duration.ofSeconds(1),
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<String> now) {
            given = now;
          }

          @Override
          public void failed(IOException why) {}
        });
    Lease<String> now = given;
    if (now == null) {
      throw new IllegalStateException("not at once");
    }
    return now;
  }

  /** Connects before {@code connect} returns. */
  private final class AtOnce implements Connector<String> {
    private @Nullable PortReservation port;
    private @Nullable ConnectionEvents<String> events;

    @Override
    public PortLedger ledger() {
      return ledger;
    }

    @Override
    public List<SourceAddress> sources(Endpoint endpoint) {
      return List.of(SOURCE);
    }

    @Override
    public Cancellable connect(ConnectRequest request, ConnectionEvents<String> told) {
      port = request.reservation();
      events = told;
      request.reservation().connecting();
      request.reservation().established(request.reservation().port());
      opened.incrementAndGet();
      told.connected("connection");
      return () -> {};
    }

    @Override
    public boolean isUsable(String connection) {
      return true;
    }

    @Override
    public void close(String connection, CloseMode mode) {
      PortReservation ending = port;
      ConnectionEvents<String> told = events;
      if (ending != null && told != null) {
        ending.closing();
        ending.settle(Ending.ABANDONED);
        told.closed();
      }
    }
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
        Duration.ofSeconds(1),
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<String> now) {
            served.incrementAndGet();
          }

          @Override
          public void failed(IOException why) {}
        });
  }

  @Validate
  public void whoAskedIsServedByWhatIsThere() {
    boolean isOver = !lease.pooled().isLent(lease.number);
    if (isOver && (served.get() != asked.get() || opened.get() != 1)) {
      throw new IllegalStateException(
          "asked " + asked + ", served " + served + ", opened " + opened + ": " + pool.snapshot());
    }
  }

  @Test
  void whoBeginsToWaitIsServedWhateverTheSwitches() {
    assertThat(Depth.modelChecking(2, 300).actorsBefore(0).actorsPerThread(1).actorsAfter(0))
        .satisfies(options -> options.check(getClass()));
  }
}
