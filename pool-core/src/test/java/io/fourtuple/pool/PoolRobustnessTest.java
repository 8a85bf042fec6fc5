package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a pool does where the code around it is slow, deep, sudden or broken. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of most callers is not the question
class PoolRobustnessTest {
  private static final Endpoint PEER = Endpoint.of("10.1.0.1", 80);
  private static final Endpoint OTHER_PEER = Endpoint.of("10.1.0.2", 80);
  private static final Destination PLACE = Destination.of("place", PEER);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final int MANY = 10_000;

  private final ScriptedConnector connector = new ScriptedConnector();

  private ConnectionPool<Integer> pool() {
    return ConnectionPool.builder(connector).maxWaiters(MANY).build();
  }

  private static AcquireCallback<Integer> closing(AtomicInteger served, AtomicInteger failed) {
    return new AcquireCallback<>() {
      @Override
      public void acquired(Lease<Integer> lease) {
        served.incrementAndGet();
        lease.close();
      }

      @Override
      public void failed(IOException why) {
        failed.incrementAndGet();
      }
    };
  }

  // ---- depth

  @Test
  void manyWaitersMayGiveTheirLeaseBackAsSoonAsTheyGetIt() {
    connector.sources = endpoint -> List.of(ScriptedConnector.source(1, 1));
    ConnectionPool<Integer> pool = pool();
    AtomicInteger served = new AtomicInteger();
    for (int i = 0; i < MANY; i++) {
      pool.acquire(PLACE, LONG, closing(served, new AtomicInteger()));
    }

    connector.pending.remove().succeed();

    assertThat(served).hasValue(MANY);
  }

  @Test
  void manyWaitersAreRefusedWhereEveryConnectFailsAtOnce() {
    connector.sources = endpoint -> List.of(ScriptedConnector.source(1, 2 * MANY));
    ConnectionPool<Integer> pool = pool();
    AtomicInteger failed = new AtomicInteger();
    for (int i = 0; i < MANY; i++) {
      pool.acquire(PLACE, LONG, closing(new AtomicInteger(), failed));
    }
    connector.onConnect = attempt -> attempt.fail(Kind.HOST, Ending.CONNECT_FAILED);

    connector.pending.remove().fail(Kind.HOST, Ending.CONNECT_FAILED);
    while (!connector.pending.isEmpty()) {
      connector.pending.remove().fail(Kind.HOST, Ending.CONNECT_FAILED);
    }
    connector.time.advance(Duration.ofSeconds(10));

    assertThat(failed).hasValue(MANY);
  }

  @Test
  void aCallerMayAcquireAgainWhenItIsRefused() {
    connector.onConnect = attempt -> attempt.fail(Kind.HOST, Ending.ABANDONED);
    ConnectionPool<Integer> pool = pool();
    AtomicInteger refusals = new AtomicInteger();
    AcquireCallback<Integer> again =
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<Integer> lease) {
            lease.close();
          }

          @Override
          public void failed(IOException why) {
            if (refusals.incrementAndGet() < MANY) {
              pool.acquire(PLACE, LONG, this);
            }
          }
        };

    pool.acquire(PLACE, LONG, again);

    assertThat(refusals).hasValue(MANY);
  }

  // ---- cost

  @Test
  void aFreedPortIsNotLookedForOnceForEveryWaiter() {
    AtomicInteger looks = new AtomicInteger();
    connector.sources =
        endpoint -> {
          looks.incrementAndGet();
          return List.of(ScriptedConnector.source(1, 1));
        };
    ConnectionPool<Integer> pool = pool();
    List<CompletableFuture<Lease<Integer>>> callers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      callers.add(pool.acquireAsync(PLACE, LONG));
    }
    connector.pending.remove().succeed();
    connector.onConnect = Attempt::succeed;
    looks.set(0);

    for (int i = 0; i < 10; i++) {
      callers.get(i).join().discard();
      connector.time.advance(Duration.ofMillis(20)); // the port has rested
    }

    assertThat(callers.get(10)).isCompleted();
    assertThat(looks.get()).isLessThanOrEqualTo(10 * 4);
  }

  // ---- foreign code that throws

  @Test
  void sourcesThatCannotBeFoundFailTheCallerAndNothingElse() {
    ConnectionPool<Integer> pool = pool();
    connector.sources =
        endpoint -> {
          throw new IllegalStateException("no such interface");
        };

    assertThatThrownBy(() -> pool.acquireAsync(PLACE, LONG).getNow(null))
        .hasRootCauseInstanceOf(IllegalStateException.class);
    connector.sources = endpoint -> List.of(ScriptedConnector.source(1, 1));
    connector.onConnect = Attempt::succeed;

    assertThat(pool.acquireAsync(PLACE, LONG)).isCompleted();
  }

  @Test
  void contradictingSourcesFailTheCaller() {
    connector.ledger.register(ScriptedConnector.source(1, 2));
    ConnectionPool<Integer> pool = pool();

    assertThatThrownBy(() -> pool.acquireAsync(PLACE, LONG).getNow(null))
        .hasRootCauseInstanceOf(IllegalArgumentException.class);
    assertThat(pool.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void aConnectorThatThrowsFailsTheCallerAndKeepsNoPort() {
    ConnectionPool<Integer> pool = pool();
    connector.onConnect =
        attempt -> {
          throw new IllegalStateException("no event loop can be made");
        };

    assertThatThrownBy(() -> pool.acquireAsync(PLACE, LONG).getNow(null))
        .hasRootCauseInstanceOf(IllegalStateException.class);

    Route route = new Route(ScriptedConnector.source(1, 64), PEER);
    assertThat(connector.ledger.census(route).used()).isZero();
    assertThat(pool.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void aCallbackThatThrowsCostsNobodyElseAnything() {
    ConnectionPool<Integer> pool = pool();
    List<CompletableFuture<Lease<Integer>>> others = new ArrayList<>();
    AcquireCallback<Integer> broken =
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<Integer> lease) {
            throw new IllegalStateException("broken caller");
          }

          @Override
          public void failed(IOException why) {
            throw new IllegalStateException("broken caller");
          }
        };
    pool.acquire(PLACE, LONG, broken);
    others.add(pool.acquireAsync(PLACE, LONG));
    others.add(pool.acquireAsync(PLACE, LONG));

    try {
      pool.close(Duration.ZERO);
    } catch (IllegalStateException broughtToTheTop) {
      assertThat(broughtToTheTop).hasMessage("broken caller");
    }

    assertThat(others).allMatch(CompletableFuture::isCompletedExceptionally);
  }

  // ---- nobody is left waiting

  @Test
  void aConnectThatTheConnectorCancelsIsReplaced() {
    ConnectionPool<Integer> pool = pool();
    CompletableFuture<Lease<Integer>> waiting = pool.acquireAsync(PLACE, LONG);

    connector.pending.remove().fail(Kind.CANCELLED, Ending.CONNECT_FAILED);
    assertThat(connector.pending).hasSize(1);
    connector.pending.remove().succeed();

    assertThat(waiting).isCompleted();
  }

  @Test
  void asManyConnectsPerRouteAsAnIntegerHoldsAreNoneTooMany() {
    ConnectionPool<Integer> pool =
        ConnectionPool.builder(connector).maxConnectingPerRoute(Integer.MAX_VALUE).build();

    CompletableFuture<Lease<Integer>> waiting =
        pool.acquireAsync(Destination.of("both", PEER, OTHER_PEER), LONG);
    connector.pending.remove().succeed();

    assertThat(waiting).isCompleted();
  }

  @Test
  void aRouteThatWasBusyIsWaitedForOnceItsConnectHasNoPort() {
    // Two routes of one port each; somebody else has the second.
    connector.sources =
        endpoint -> List.of(ScriptedConnector.source(1, 1), ScriptedConnector.source(2, 1));
    Route second = new Route(ScriptedConnector.source(2, 1), PEER);
    PortReservation others = connector.ledger.tryReserve(List.of(second));
    ConnectionPool<Integer> pool =
        ConnectionPool.builder(connector).maxConnectingPerRoute(1).build();
    CompletableFuture<Lease<Integer>> first = pool.acquireAsync(PLACE, LONG);
    pool.acquireAsync(PLACE, LONG); // finds the first route busy, and waits for the second alone

    connector.pending.remove().fail(Kind.LOCAL_PORT, Ending.PORT_TAKEN);
    connector.onConnect = Attempt::succeed;
    connector.time.advance(Duration.ofSeconds(30)); // the first route's port has long been free

    assertThat(first).isCompleted();
    assertThat(others).isNotNull();
  }

  @Test
  void aDestinationThatNeverWorkedIsForgotten() {
    connector.onConnect = attempt -> attempt.fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    ConnectionPool<Integer> pool = pool();
    for (int i = 1; i <= 10; i++) {
      pool.acquireAsync(Destination.of(Endpoint.of("10.1.1." + i, 80)), Duration.ofSeconds(1));
    }

    connector.time.advance(Duration.ofHours(1));

    assertThat(pool.snapshot().destinations()).isEmpty();
    assertThat(pool.snapshot().counters().refused()).isEqualTo(10);
  }

  @Test
  void connectsThatFailTogetherCountAsOneOutage() {
    ConnectionPool<Integer> pool = pool();
    for (int i = 0; i < 64; i++) {
      pool.acquireAsync(PLACE, Duration.ofSeconds(1));
    }
    while (!connector.pending.isEmpty()) {
      connector.pending.remove().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    }
    connector.onConnect = Attempt::succeed; // the peer has restarted

    CompletableFuture<Lease<Integer>> next = pool.acquireAsync(PLACE, Duration.ofSeconds(10));
    connector.time.advance(Duration.ofSeconds(1));

    assertThat(next).isCompleted();
  }
}
