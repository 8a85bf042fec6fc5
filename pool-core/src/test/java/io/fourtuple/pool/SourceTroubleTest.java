package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static io.fourtuple.pool.Scene.TO_ONE_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A source rests after refusals, or is gone from the host, and comes back. */
class SourceTroubleTest {
  /** The first rest of a route. */
  private static final Duration REST = Duration.ofMillis(250);

  @RegisterExtension final Scene scene = Scene.ownedBySources(20, 2);

  private final List<String> heard = new ArrayList<>();
  private final ConnectionPool<SimulatedConnection> pool =
      scene.pool(settings -> settings.listener(new Notes()));

  private final class Notes implements PoolListener {
    @Override
    public void resting(Destination destination, Route route) {
      heard.add("resting " + route.source().address().getHostAddress());
    }

    @Override
    public void sourceGone(SourceAddress source) {
      heard.add("gone " + source.address().getHostAddress());
    }

    @Override
    public void sourceBack(SourceAddress source) {
      heard.add("back " + source.address().getHostAddress());
    }
  }

  // ---- gone

  @Test
  void idleConnectionsOfASourceThatIsGoneAreClosed() {
    scene.lease(pool, TO_ONE, 2).forEach(Lease::close);
    firstSourceGoes();
    scene.passMillis(1_100); // the longest that a close waits for the peer
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    assertThat(scene.lease(pool, TO_ONE).route().source()).isEqualTo(scene.sources.get(1));
  }

  @Test
  void aConnectionInUseIsNotUsedAgain() {
    List<Lease<SimulatedConnection>> leases = scene.lease(pool, TO_ONE, 2);
    firstSourceGoes();
    assertThat(pool.snapshot().leased()).isEqualTo(3);
    leases.forEach(Lease::close);
    assertThat(pool.snapshot().idle()).isEqualTo(1);
    assertThat(scene.lease(pool, TO_ONE).route().source()).isEqualTo(scene.sources.get(1));
  }

  @Test
  void theNewsIsToldOnceAndTheSnapshotSaysSo() {
    firstSourceGoes();
    assertThat(pool.snapshot().gone()).containsExactly(scene.sources.get(0));
    for (int i = 0; i < 10; i++) {
      scene.pass(Duration.ofSeconds(20));
      scene.lease(pool, TO_ONE).discard();
    }
    assertThat(heard).containsExactly("gone 10.0.0.5");
    scene.host.kernel().addAddress(scene.sources.get(0).address());
    scene.pass(Duration.ofSeconds(31)); // the longest that it is left alone
    scene.lease(pool, TO_ONE, 2);
    assertThat(heard).containsExactly("gone 10.0.0.5", "back 10.0.0.5");
    assertThat(pool.snapshot().gone()).isEmpty();
  }

  @Test
  void everyPoolOnTheLedgerClosesItsIdleConnections() {
    ConnectionPool<SimulatedConnection> another = scene.anotherPool();
    scene.lease(another, TO_ONE, 2).forEach(Lease::close);
    firstSourceGoes();
    assertThat(another.snapshot().idle()).isEqualTo(1);
    assertThat(another.snapshot().gone()).containsExactly(scene.sources.get(0));
  }

  @Test
  void oneConnectFindsOutWhetherASourceIsBack() {
    firstSourceGoes();
    scene.host.kernel().addAddress(scene.sources.get(0).address());
    scene.pass(SECOND);
    List<Caller> callers = calls(10);
    scene.host.time().runUntilIdle();
    assertThat(census(0).connecting()).isEqualTo(1);
    assertThat(census(1).connecting()).isEqualTo(9);
    scene.passMillis(10);
    assertThat(callers).allMatch(Caller::isServed);
    calls(10);
    scene.host.time().runUntilIdle();
    assertThat(census(0).connecting()).as("it is back").isGreaterThan(5);
  }

  @Test
  void aKernelThatRefusesIsNotAskedOverAndOverUnderObserveEither() {
    scene.host.ledger().enforcement(Enforcement.OBSERVE);
    scene.sources.forEach(source -> scene.host.kernel().removeAddress(source.address()));
    Caller caller = calls(1).get(0);
    scene.pass(SECOND);
    assertThat(caller.isServed()).isFalse();
    assertThat(scene.connector.attempts()).isBetween(2L, 4L);
  }

  // ---- new

  @Test
  void whoWaitsForAPortIsServedFromASourceThatIsNew() {
    scene.connector.sources(scene.sources.get(0));
    scene.lease(pool, TO_ONE, 20);
    List<Caller> callers = calls(3);
    scene.passMillis(10);
    assertThat(callers).allMatch(Caller::isWaiting);
    scene.connector.sources(scene.sources.toArray(SourceAddress[]::new));
    scene.host.ledger().sourceAdded(scene.sources.get(1));
    scene.passMillis(10);
    assertThat(callers).allMatch(Caller::isServed);
    assertThat(census(1).established()).isEqualTo(3);
  }

  @Test
  void aSourceThatComesWhileADemandIsBeingRegisteredIsNotMissed() {
    scene.connector.sources(scene.sources.get(0));
    scene.lease(pool, TO_ONE, 20);
    AtomicInteger asked = new AtomicInteger();
    scene.connector.sources(
        endpoint -> asked.incrementAndGet() <= 2 ? scene.sources.subList(0, 1) : scene.sources);
    Caller caller = calls(1).get(0);
    scene.passMillis(10);
    assertThat(caller.isServed()).isTrue();
    assertThat(census(1).established()).isEqualTo(1);
  }

  @Test
  void aSourceThatTheLedgerHasForgottenIsNotGoneAnyMore() {
    firstSourceGoes();
    scene.connector.sources(scene.sources.get(1));
    scene.pass(Duration.ofMinutes(10));
    assertThat(scene.host.ledger().sources()).doesNotContain(scene.sources.get(0));
    assertThat(pool.snapshot().gone()).isEmpty();
  }

  // ---- resting

  @Test
  void oneConnectFindsOutWhetherARestedRouteWorksAndThenAllAreServedInOrder() {
    scene.connector.sources(scene.sources.get(0));
    refuse(8);
    List<Caller> callers = new ArrayList<>(calls(1));
    scene.passMillis(1);
    callers.addAll(calls(9));
    scene.pass(REST.minusMillis(10));
    assertThat(scene.connector.attempts()).as("while it rests").isEqualTo(8);
    scene.peer(ONE).slow(Duration.ofMillis(50));
    scene.passMillis(20);
    assertThat(scene.connector.attempts()).as("the trial").isEqualTo(9);
    scene.passMillis(45);
    assertThat(callers.get(0).isServed()).isTrue();
    scene.passMillis(5);
    assertThat(callers).allMatch(Caller::isServed);
  }

  @Test
  void aTrialThatIsRefusedLetsTheRouteTryAgain() {
    scene.connector.sources(scene.sources.get(0));
    refuse(9);
    List<Caller> callers = calls(1);
    scene.pass(REST.plusMillis(20));
    assertThat(callers).allMatch(Caller::isServed);
    assertThat(scene.connector.attempts()).isEqualTo(10);
  }

  @Test
  void aRestIsToldOnceUntilAConnectWorks() {
    scene.connector.sources(scene.sources.get(0));
    refuse(16);
    calls(1);
    scene.pass(SECOND);
    assertThat(heard).containsExactly("resting 10.0.0.5");
    refuse(8);
    calls(1);
    scene.pass(SECOND);
    assertThat(heard).containsExactly("resting 10.0.0.5", "resting 10.0.0.5");
  }

  @Test
  void aRouteDoesNotRestForRefusalsOnAnother() {
    refuse(14); // seven on each, because the one with more free ports comes next
    assertThat(scene.lease(pool, TO_ONE)).isNotNull();
    assertThat(heard).isEmpty();
  }

  /** And a connect for another destination meets it. */
  private void firstSourceGoes() {
    scene.host.kernel().removeAddress(scene.sources.get(0).address());
    assertThat(scene.lease(pool, TO_ONE_AGAIN).route().source()).isEqualTo(scene.sources.get(1));
    assertThat(heard).contains("gone 10.0.0.5");
  }

  private List<Caller> calls(int count) {
    return Stream.generate(() -> scene.call(pool, TO_ONE, SECOND)).limit(count).toList();
  }

  private PortCensus census(int source) {
    return scene.host.ledger().census(scene.route(source, ONE));
  }

  private void refuse(int times) {
    for (int i = 0; i < times; i++) {
      scene.peer(ONE).addressInUse();
    }
  }
}
