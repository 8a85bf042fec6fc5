package io.fourtuple.pool;

import static io.fourtuple.pool.Scene.ONE;
import static io.fourtuple.pool.Scene.SECOND;
import static io.fourtuple.pool.Scene.TO_ONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Ending;
import io.fourtuple.port.Enforcement;
import io.fourtuple.port.PortReservation;
import io.fourtuple.testkit.ForwardingConnector;
import io.fourtuple.testkit.SimulatedConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Races of docs/concurrency.md, each in the one order in which it could go wrong. */
class RacesTest {
  @RegisterExtension final Scene scene = Scene.owned(1);

  /** Does something as soon as it has its connection. */
  private record AtOnce(List<String> told, Runnable then)
      implements AcquireCallback<SimulatedConnection> {
    @Override
    public void acquired(Lease<SimulatedConnection> lease) {
      told.add("acquired");
      then.run();
      lease.connection().peerCloses();
      told.add(lease.connection().isOpen() ? "open" : "closed");
      lease.close();
    }

    @Override
    public void failed(IOException why) {
      told.add(why.toString());
    }
  }

  @Test
  void aConnectionThatClosesInsideOfConnectedLeavesNothingBehind() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<String> told = new ArrayList<>();
    pool.acquire(TO_ONE, SECOND, new AtOnce(told, () -> {}));
    scene.passMillis(10);

    assertThat(told).containsExactly("acquired", "closed");
    assertThat(pool.snapshot().leased() + pool.snapshot().idle()).isZero();
    scene.passMillis(20);
    assertThat(scene.census().used()).isZero();
  }

  @Test
  void aPoolThatClosesInsideOfConnectedKeepsNoConnection() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    List<String> told = new ArrayList<>();
    pool.acquire(
        TO_ONE, SECOND, new AtOnce(told, () -> assertThat(pool.close(Duration.ZERO)).isNotNull()));
    scene.passMillis(10);

    assertThat(told).startsWith("acquired");
    assertThat(scene.connector.connections()).isEmpty();
  }

  /** Lets something happen after a connection was found usable, and before it is put back. */
  private static final class Interrupted extends ForwardingConnector<SimulatedConnection> {
    private Runnable once = () -> {};

    Interrupted(Connector<SimulatedConnection> behind) {
      super(behind);
    }

    @Override
    public boolean isUsable(SimulatedConnection connection) {
      boolean isUsable = super.isUsable(connection);
      Runnable now = once;
      once = () -> {};
      now.run();
      return isUsable;
    }
  }

  private void connectionThatComesBackJustWhenItsSourceGoes(int timesUsedBefore) {
    Interrupted connector = new Interrupted(scene.connector);
    ConnectionPool<SimulatedConnection> pool = scene.pool(connector, settings -> settings);
    Lease<SimulatedConnection> lease = scene.lease(pool, TO_ONE);
    for (int i = 0; i < timesUsedBefore; i++) {
      lease.close();
      lease = Objects.requireNonNull(pool.tryAcquire(TO_ONE));
    }
    PortReservation connect =
        Objects.requireNonNull(
            scene.host.ledger().tryReserve(List.of(scene.route(0, Scene.OTHER))));
    connector.once = () -> connect.settle(Ending.SOURCE_GONE);
    lease.close();

    assertThat(connect.isSettled()).isTrue();
    assertThat(pool.snapshot().idle()).isZero();
    assertThat(pool.tryAcquire(TO_ONE)).isNull();
  }

  @Test
  void aConnectionThatComesBackToItsShelfJustWhenItsSourceGoesIsNotUsedAgain() {
    connectionThatComesBackJustWhenItsSourceGoes(1);
  }

  @Test
  void aConnectionThatComesBackJustWhenItsSourceGoesIsNotUsedAgain() {
    connectionThatComesBackJustWhenItsSourceGoes(0);
  }

  @Test
  void ofTwoPoolsOnTheLastPortOneGetsItAndTheOtherIsServedNext() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    ConnectionPool<SimulatedConnection> another = scene.anotherPool();
    Caller first = scene.call(pool, TO_ONE, SECOND);
    Caller second = scene.call(another, TO_ONE, SECOND);
    scene.passMillis(10);
    assertThat(second.isWaiting()).isTrue();

    first.lease().close();
    scene.passMillis(50);
    assertThat(second.lease().connection().isOpen()).isTrue();
  }

  @Test
  void anOldReservationCannotTouchTheNextUseOfItsPort() {
    var ledger = scene.host.ledger();
    var routes = List.of(scene.route(0, ONE));
    PortReservation old = Objects.requireNonNull(ledger.tryReserve(routes));
    old.settle(Ending.ABANDONED);
    PortReservation next = Objects.requireNonNull(ledger.tryReserve(routes));

    assertThat(next.port()).isEqualTo(old.port());
    assertThat(catchIllegal(() -> old.settle(Ending.RESET))).contains("settled");
    assertThat(catchIllegal(() -> old.established(old.port()))).contains("settled");
    assertThat(scene.census().reserved()).isOne();
    next.settle(Ending.ABANDONED);
  }

  private static String catchIllegal(Runnable report) {
    try {
      report.run();
      return "nothing was thrown";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void aGrantThatIsUnderWayWhenItsCallerGivesUpIsGivenBack() {
    ConnectionPool<SimulatedConnection> pool = scene.pool();
    var held = Objects.requireNonNull(scene.host.ledger().tryReserve(List.of(scene.route(0, ONE))));
    Caller caller = scene.call(pool, TO_ONE, SECOND);
    assertThat(caller.isWaiting()).isTrue();
    held.settle(Ending.ABANDONED); // grants inside
    caller.giveUp();
    scene.passMillis(10);

    assertThat(caller.timesTold()).isZero();
    assertThat(pool.snapshot().leased()).isZero();
    assertThat(pool.close(Duration.ZERO)).isNotNull();
    scene.pass(SECOND);
    assertThat(scene.census().used()).isZero();
  }

  @Test
  void aReservationKeepsWhatItWasMadeUnder() {
    var ledger = scene.host.ledger();
    var routes = List.of(scene.route(0, ONE));
    PortReservation bound = Objects.requireNonNull(ledger.tryReserve(routes));
    ledger.enforcement(Enforcement.OBSERVE);
    PortReservation observed = Objects.requireNonNull(ledger.tryReserve(routes));
    ledger.enforcement(Enforcement.ENFORCE);

    assertThat(bound.binds()).isTrue();
    assertThat(observed.binds()).isFalse();
    bound.settle(Ending.ABANDONED);
    observed.settle(Ending.ABANDONED);
    assertThat(scene.census().used()).isZero();
  }
}
