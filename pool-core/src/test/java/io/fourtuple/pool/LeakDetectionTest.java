package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.MINUTES;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Route;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Leases that are lost without being closed. */
class LeakDetectionTest {
  private static final int MOST_COLLECTIONS = 200;

  @RegisterExtension final Scene scene = Scene.owned(1);

  private final Losses losses = new Losses();

  private static final class Losses implements PoolListener {
    final List<Route> routes = new ArrayList<>();
    final List<Optional<Throwable>> places = new ArrayList<>();

    @Override
    public void leaked(Destination destination, Route route, @Nullable Throwable place) {
      routes.add(route);
      places.add(Optional.ofNullable(place));
    }
  }

  private ConnectionPool<SimulatedConnection> pool(LeakDetection mode) {
    return scene.pool(
        settings ->
            settings.leakDetection(mode).maxIdleTime(Duration.ofSeconds(1)).listener(losses));
  }

  @Test
  void aLostLeaseIsFoundAndItsPortComesBack() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.ON);
    lose(pool);
    awaitLosses(1);
    assertThat(losses.routes).containsExactly(scene.route(0, Scene.ONE));
    assertThat(pool.snapshot().leased()).isZero();
    assertThat(pool.snapshot().counters().leaked()).isEqualTo(1);
    scene.passMillis(20);
    assertThat(scene.census().free()).isEqualTo(1);
  }

  @Test
  void whoWaitsForThePortIsServed() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.ON);
    lose(pool);
    Caller caller = scene.call(pool, TO_ONE, MINUTES);
    awaitLosses(1);
    scene.passMillis(20);
    assertThat(caller.isServed()).isTrue();
  }

  @Test
  void thePlaceOfAcquisitionIsNamed() {
    lose(pool(LeakDetection.TRACED));
    awaitLosses(1);
    assertThat(losses.places.get(0)).hasValueSatisfying(LeakDetectionTest::namesWhereItWasLost);
  }

  @Test
  void thePlaceIsWhereACallerAskedNotWhereItWasServed() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.TRACED);
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    CompletableFuture<?> asked = loseLater(pool);
    held.close();
    assertThat(asked).isCompleted();
    awaitLosses(1);
    assertThat(losses.places.get(0)).hasValueSatisfying(LeakDetectionTest::namesWhereItWasLost);
  }

  @Test
  void afterALossWithoutAPlaceAllPlacesAreRecorded() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.ON);
    int lost = 0;
    do {
      lose(pool);
      awaitLosses(++lost);
    } while (losses.places.get(lost - 1).isPresent());
    lose(pool);
    awaitLosses(lost + 1);
    assertThat(losses.places.get(lost)).hasValueSatisfying(LeakDetectionTest::namesWhereItWasLost);
  }

  @Test
  void leasesThatWereClosedAreNotReported() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.TRACED);
    for (int i = 0; i < 20; i++) {
      useAndReturn(pool);
    }
    for (int i = 0; i < 5; i++) {
      System.gc();
      scene.passMillis(1_100);
    }
    assertThat(losses.routes).isEmpty();
  }

  @Test
  void whereDetectionIsOffALostLeaseKeepsItsConnection() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.OFF);
    lose(pool);
    for (int i = 0; i < 5; i++) {
      System.gc();
      scene.passMillis(1_100);
    }
    assertThat(losses.routes).isEmpty();
    assertThat(pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void oneOfSeveralLeasesIsFoundAndCostsTheConnectionWhenTheOthersHaveEnded() {
    scene.peer(Scene.ONE).allows(3);
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.TRACED);
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    SimulatedConnection connection = held.connection();
    Lease<SimulatedConnection> closed = scene.lease(pool, TO_ONE);
    lose(pool);
    closed.close();
    awaitLosses(1);
    assertThat(losses.places.get(0)).hasValueSatisfying(LeakDetectionTest::namesWhereItWasLost);
    assertThat(pool.snapshot().leases()).isEqualTo(1);
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
    assertThat(connection.isOpen()).isTrue();
    held.close();
    assertThat(connection.isOpen()).isFalse();
    assertThat(pool.snapshot().counters().leaked()).isEqualTo(1);
  }

  @Test
  void leasesThatAreLostAfterTheirConnectionAreFound() {
    scene.peer(Scene.ONE).allows(3);
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.ON);
    lose(pool);
    lose(pool);
    scene.connector.connections().get(0).peerResets();
    scene.passMillis(20);
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE); // as long as one is out it looks
    awaitLosses(2);
    assertThat(pool.snapshot().counters().leaked()).isEqualTo(2);
    assertThat(held.connection().isOpen()).isTrue();
    held.close();
  }

  @Test
  void aLeaseThatEndsAfterItsConnectionIsForgotten() {
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.ON);
    Lease<SimulatedConnection> closed = scene.lease(pool, TO_ONE);
    resetLast();
    assertThat(pool.leaks().gone).hasSize(1);
    closed.close();
    assertThat(pool.leaks().gone).isEmpty();

    Lease<SimulatedConnection> discarded = scene.lease(pool, TO_ONE);
    resetLast();
    discarded.discard();
    assertThat(pool.leaks().gone).isEmpty();
  }

  @Test
  void severalLeasesThatEndAfterTheirConnectionAreForgotten() {
    scene.peer(Scene.ONE).allows(3);
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.ON);
    Lease<SimulatedConnection> closed = scene.lease(pool, TO_ONE);
    Lease<SimulatedConnection> discarded = scene.lease(pool, TO_ONE);
    resetLast();
    closed.close();
    assertThat(pool.leaks().gone).as("another lease is out").isNotEmpty();
    discarded.discard();
    assertThat(pool.leaks().gone).isEmpty();
  }

  private void resetLast() {
    List<SimulatedConnection> all = scene.connector.connections();
    all.get(all.size() - 1).peerResets();
    scene.passMillis(20);
  }

  @Test
  void ofSeveralLeasesThoseThatWereClosedAreNotReported() {
    scene.peer(Scene.ONE).allows(3);
    ConnectionPool<SimulatedConnection> pool = pool(LeakDetection.TRACED);
    Lease<SimulatedConnection> held = scene.lease(pool, TO_ONE);
    for (int i = 0; i < 20; i++) {
      useAndReturn(pool);
    }
    for (int i = 0; i < 5; i++) {
      System.gc();
      scene.passMillis(1_100);
    }
    assertThat(losses.routes).isEmpty();
    assertThat(held.connection().isOpen()).isTrue();
    held.close();
  }

  // Methods of their own, so that no stack frame keeps a lease.

  private void lose(ConnectionPool<SimulatedConnection> pool) {
    CompletableFuture<?> asked = loseLater(pool);
    scene.passMillis(30);
    assertThat(asked.isDone()).isTrue();
  }

  private static CompletableFuture<?> loseLater(ConnectionPool<SimulatedConnection> pool) {
    return pool.acquireAsync(TO_ONE, MINUTES).thenApply(lease -> lease.route());
  }

  private void useAndReturn(ConnectionPool<SimulatedConnection> pool) {
    CompletableFuture<Void> used = pool.acquireAsync(TO_ONE, MINUTES).thenAccept(Lease::close);
    scene.passMillis(30);
    assertThat(used).isCompleted();
  }

  private static void namesWhereItWasLost(Throwable place) {
    assertThat(place).hasMessage("acquired here");
    assertThat(place.getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("loseLater");
  }

  private void awaitLosses(int count) {
    for (int i = 0; i < MOST_COLLECTIONS && losses.routes.size() < count; i++) {
      System.gc();
      scene.passMillis(1_100);
    }
    assertThat(losses.routes).hasSize(count);
  }
}
