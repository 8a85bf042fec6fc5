package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.ForwardingConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connector that throws where it never should costs no caller, and no port. */
class BrokenConnectorTest {
  private static final Endpoint PEER = Endpoint.of("10.1.0.1", 80);
  private static final Destination PLACE = Destination.of("place", PEER);
  private static final Duration LONG = Duration.ofMinutes(5);

  /** Where it throws. */
  private enum Fault {
    NONE,
    ON_LEASE,
    ON_RETURN,
    IS_USABLE
  }

  private final ScriptedConnector behind = new ScriptedConnector();
  private Fault fault = Fault.NONE;
  private final ConnectionPool<Integer> pool = ConnectionPool.of(new Broken());

  private final class Broken extends ForwardingConnector<Integer> {
    Broken() {
      super(behind);
    }

    private void failOn(Fault here) {
      if (fault == here) {
        throw new NoClassDefFoundError("scripted");
      }
    }

    @Override
    public void onLease(Integer connection) {
      failOn(Fault.ON_LEASE);
    }

    @Override
    public void onReturn(Integer connection) {
      failOn(Fault.ON_RETURN);
    }

    @Override
    public boolean isUsable(Integer connection) {
      failOn(Fault.IS_USABLE);
      return super.isUsable(connection);
    }
  }

  private void assertNothingIsLeft() {
    assertThat(pool.snapshot().leased() + pool.snapshot().idle()).isZero();
    behind.time.advance(Duration.ofSeconds(1));
    Route route = new Route(ScriptedConnector.source(1, 64), PEER);
    assertThat(behind.ledger.census(route).used()).isZero();
    assertThat(pool.close(Duration.ZERO)).isCompleted();
  }

  /** A connection that idles: on this thread's shelf, where it was used before. */
  private void oneIdles() {
    behind.onConnect = Attempt::succeed;
    pool.acquireAsync(PLACE, LONG).join().close();
    assertThat(pool.snapshot().idle()).isOne();
  }

  @Test
  void whoWaitsForAConnectionIsToldWhatTheConnectorThrew() {
    CompletableFuture<Lease<Integer>> waiting = pool.acquireAsync(PLACE, LONG);
    fault = Fault.ON_LEASE;

    behind.pending.remove().succeed();

    assertThat(waiting).isCompletedExceptionally();
    assertThatThrownBy(waiting::join)
        .hasCauseInstanceOf(ConnectFailedException.class)
        .hasRootCauseInstanceOf(NoClassDefFoundError.class);
    assertThat(pool.snapshot().counters().acquired()).isZero();
    assertThat(pool.snapshot().counters().refused()).isOne();
    assertNothingIsLeft();
  }

  @Test
  void whoWaitsNextIsServed() {
    behind.sources = endpoint -> List.of(ScriptedConnector.source(1, 1));
    CompletableFuture<Lease<Integer>> first = pool.acquireAsync(PLACE, LONG);
    CompletableFuture<Lease<Integer>> second = pool.acquireAsync(PLACE, LONG);
    fault = Fault.ON_LEASE;
    behind.pending.remove().succeed();
    assertThat(first).isCompletedExceptionally();
    fault = Fault.NONE;

    behind.time.advance(Duration.ofSeconds(1)); // the port has rested
    behind.pending.remove().succeed();

    assertThat(second).isCompletedWithValueMatching(lease -> lease.connection() == 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"ON_LEASE", "IS_USABLE"})
  void anIdleConnectionThatCannotBeLentIsClosedAndANewOneServes(Fault where) {
    oneIdles();
    fault = where;
    behind.onConnect =
        attempt -> {
          fault = Fault.NONE;
          attempt.succeed();
        };

    assertThat(pool.acquireAsync(PLACE, LONG).join().connection()).isOne();
    assertThat(pool.snapshot().leased()).isOne();
    assertThat(pool.snapshot().counters().acquired()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"ON_LEASE", "IS_USABLE"})
  void whoTriesGetsNone(Fault where) {
    oneIdles();
    fault = where;

    assertThat(pool.tryAcquire(PLACE)).isNull();
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @EnumSource(names = {"ON_RETURN", "IS_USABLE"})
  void aConnectionThatCannotBeTakenBackIsClosed(Fault where) {
    behind.onConnect = Attempt::succeed;
    List<Lease<Integer>> leases = new ArrayList<>();
    leases.add(pool.acquireAsync(PLACE, LONG).join()); // goes to a shelf when it comes back
    leases.get(0).close();
    leases.set(0, pool.acquireAsync(PLACE, LONG).join());
    leases.add(pool.acquireAsync(PLACE, LONG).join());
    fault = where;

    leases.forEach(Lease::close);

    assertNothingIsLeft();
  }
}
