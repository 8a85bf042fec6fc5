package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.IdleHolder;
import io.fourtuple.port.PortDemand;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.testkit.SimulatedConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nothing foreign is called while a lock is held. Everything foreign asks, from another thread, for
 * what needs the locks, and waits for the answer: it would never come.
 */
class LocksTest {
  private static final Destination UNUSED = Destination.of("unused", Scene.OTHER);

  @RegisterExtension final Scene scene = Scene.owned(2);

  private final ExecutorService elsewhere = Executors.newSingleThreadExecutor();
  private final Set<String> probed = new HashSet<>();
  private @Nullable ConnectionPool<SimulatedConnection> pool;
  private boolean isProbing;

  @AfterEach
  void endThread() {
    elsewhere.shutdownNow();
  }

  /** Needs the locks of all destinations and that of the ledger, on another thread. */
  private void probe(String from) {
    ConnectionPool<SimulatedConnection> looked = pool;
    if (isProbing || looked == null) {
      return; // what a probe calls needs no probe
    }
    isProbing = true;
    CompletableFuture<Object> answer = new CompletableFuture<>();
    elsewhere.execute(
        () ->
            Threads.complete(
                answer,
                () -> {
                  looked.snapshot();
                  looked.tryAcquire(UNUSED);
                  scene.host.ledger().census();
                  return from;
                }));
    assertThat(answer).as("the answer to " + from).succeedsWithin(30, TimeUnit.SECONDS);
    probed.add(from);
    isProbing = false;
  }

  @Test
  void noForeignCodeIsCalledUnderALock() {
    pool =
        scene.pool(
            new ProbingConnector(scene.connector, this::probe),
            settings -> settings.listener(new ProbingListener(this::probe)).maxIdleTime(SECOND));
    everythingHappens(pool);
    assertThat(probed)
        .containsExactlyInAnyOrder(
            "sources",
            "connect",
            "isUsable",
            "maxLeases",
            "mayMultiplex",
            "onLease",
            "onReturn",
            "close",
            "affinity",
            "affinity of",
            "told acquired",
            "told refused",
            "told opened",
            "told connectFailed",
            "told absorbed",
            "told closed",
            "told highMark",
            "told exhausted",
            "callback acquired",
            "callback failed",
            "future");
  }

  @Test
  void noneIsCalledWhereConnectionsCarrySeveralLeases() {
    scene.peer(Scene.ONE).allows(2);
    pool = scene.pool(new ProbingConnector(scene.connector, this::probe), settings -> settings);
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> second = scene.lease(pool, TO_ONE);
    Caller third = scene.call(pool, TO_ONE, SECOND);
    probed.clear();
    first.connection().allows(3);
    third.lease().close();
    first.connection().announcesEnd();
    first.discard();
    second.close();
    scene.passMillis(10);
    assertThat(probed).contains("maxLeases", "onLease", "onReturn", "isUsable", "close");
    pool = null; // what comes now is not asked any more
  }

  @Test
  void resolversAreAskedAndListenersToldOfNamesWithoutALock() {
    ScriptedResolver resolver = new ScriptedResolver();
    Destination shop = Destination.named("shop.example", 443);
    PoolListener listener =
        new PoolListener() {
          @Override
          public void resolved(Destination destination, List<Endpoint> endpoints) {
            probe("told resolved");
          }

          @Override
          public void resolveFailed(Destination destination, Throwable why) {
            probe("told resolveFailed");
          }
        };
    pool =
        scene.pool(
            settings ->
                settings
                    .listener(listener)
                    .resolver(
                        (host, port) -> {
                          probe("resolve");
                          return resolver.resolve(host, port);
                        }));
    call(pool, shop);
    resolver.fail();
    scene.pass(SECOND);
    call(pool, shop);
    resolver.answer(ONE);
    scene.pass(ScriptedResolver.TTL);
    resolver.answer(Scene.OTHER);
    assertThat(probed)
        .containsExactlyInAnyOrder(
            "resolve",
            "told resolved",
            "told resolveFailed",
            "callback acquired",
            "callback failed");
  }

  /** The ledger reads its demands under its own lock, in each call that serves them. */
  @Test
  void theLedgerIsNotCalledUnderALockOfThePool() {
    pool = scene.pool();
    Lease<SimulatedConnection> first = scene.lease(pool, TO_ONE);
    scene.lease(pool, TO_ONE);
    OtherDemand demand = new OtherDemand();
    assertThat(scene.host.ledger().reserveOrWait(demand)).isNull();
    scene.call(pool, TO_ONE, SECOND);
    scene.call(pool, TO_ONE_AGAIN, MINUTES).giveUp();
    scene.pass(SECOND);
    assertThat(scene.host.ledger().withdraw(demand)).isTrue();
    scene.call(pool, TO_ONE, SECOND);
    assertThat(scene.host.ledger().reserveOrWait(demand)).isNull();
    first.discard();
    scene.passMillis(50);
    assertThat(probed).containsExactly("waitingSince");
    PortReservation granted = demand.granted;
    if (granted != null) {
      granted.settle(Ending.ABANDONED);
    }
    scene.host.ledger().withdraw(demand);
  }

  /** Idle connections are asked for without a lock of the ledger. */
  @Test
  void holdersAreAskedWithoutALockOfTheLedger() {
    pool = scene.pool();
    IdleHolder holder =
        new IdleHolder() {
          @Override
          public OptionalLong idleSince(Route route) {
            probe("idleSince");
            return OptionalLong.empty();
          }

          @Override
          public boolean giveUp(Route route) {
            return false;
          }
        };
    scene.host.ledger().addHolder(holder);
    scene.lease(pool, TO_ONE, 2);
    scene.call(pool, TO_ONE, SECOND);
    scene.pass(SECOND);
    assertThat(probed).containsExactly("idleSince");
    scene.host.ledger().removeHolder(holder);
  }

  private void everythingHappens(ConnectionPool<SimulatedConnection> pool) {
    scene.peer(ONE).addressInUse().refuse();
    call(pool, TO_ONE);
    scene.pass(SECOND.multipliedBy(2));
    List<Lease<SimulatedConnection>> leases = new ArrayList<>();
    pool.acquireAsync(TO_ONE, SECOND)
        .thenAccept(
            lease -> {
              probe("future");
              leases.add(lease);
            })
        .isDone();
    call(pool, TO_ONE);
    scene.passMillis(10);
    call(pool, TO_ONE);
    call(pool, TO_ONE_AGAIN);
    leases.get(0).close();
    scene.pass(SECOND);
    scene.pass(MINUTES);
    assertThat(pool.close(SECOND)).isCompleted();
  }

  private void call(ConnectionPool<SimulatedConnection> pool, Destination destination) {
    pool.acquire(
        destination,
        SECOND,
        new AcquireCallback<>() {
          @Override
          public void acquired(Lease<SimulatedConnection> lease) {
            probe("callback acquired");
            lease.close();
          }

          @Override
          public void failed(IOException why) {
            probe("callback failed");
          }
        });
  }

  private final class OtherDemand implements PortDemand {
    private @Nullable PortReservation granted;

    @Override
    public List<Route> routes() {
      return List.of(scene.route(0, ONE));
    }

    /** Under the ledger's lock, so only the pool's can be asked for. */
    @Override
    public long waitingSince() {
      ConnectionPool<SimulatedConnection> looked = pool;
      CompletableFuture<PoolSnapshot> answer = new CompletableFuture<>();
      if (looked != null) {
        elsewhere.execute(() -> Threads.complete(answer, looked::snapshot));
        assertThat(answer).succeedsWithin(30, TimeUnit.SECONDS);
        probed.add("waitingSince");
      }
      return scene.host.time().read();
    }

    @Override
    public void granted(PortReservation reservation) {
      granted = reservation;
    }

    @Override
    public void reconsider() {}
  }
}
