package io.fourtuple.pool;

import static io.fourtuple.pool.AddressRace.DELAY;
import static io.fourtuple.pool.AddressRace.FOUR;
import static io.fourtuple.pool.AddressRace.SHOP;
import static io.fourtuple.pool.AddressRace.SIX;
import static io.fourtuple.pool.AddressRace.SIX_TOO;
import static io.fourtuple.pool.AddressRace.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import java.net.Inet6Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses of a name race where one does not answer (RFC 8305). */
class AddressRaceTest {
  @RegisterExtension final AddressRace race = new AddressRace();

  @Test
  void ipv6IsTriedFirst() {
    race.begin();
    assertThat(race.underWay()).containsExactly(SIX);
  }

  @Test
  void whereIpv6IsSilentIpv4ServesTheCallerAfterTheDelay() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY.minusNanos(1));
    assertThat(race.underWay()).containsExactly(SIX);
    race.connector.time.advance(Duration.ofNanos(1));
    assertThat(race.underWay()).containsExactly(SIX, FOUR);

    race.connector.pending.pollLast().succeed();

    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(race.connector.pending).as("the loser is cancelled").isEmpty();
    assertThat(race.snapshotOf(SIX).failures()).as("and has not failed").isZero();
    assertThat(race.pool.snapshot().connecting()).isZero();
    assertThat(race.pool.snapshot().counters().connectFailed()).isZero();
  }

  @Test
  void theFirstMayStillWin() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(SIX);
    assertThat(race.connector.pending).isEmpty();
  }

  @Test
  void addressesFollowOneAnotherFamiliesInTurn() {
    race.addresses = List.of(FOUR, SIX, SIX_TOO);
    race.begin();
    race.connector.time.advance(DELAY.multipliedBy(2));
    List<Endpoint> inOrder = race.underWay();
    assertThat(inOrder.get(0).address()).isInstanceOf(Inet6Address.class);
    assertThat(inOrder.get(1)).isEqualTo(FOUR);
    assertThat(inOrder.get(2).address()).isInstanceOf(Inet6Address.class);
    race.connector.time.advance(DELAY.multipliedBy(4));
    assertThat(race.connector.attempts).as("each once").hasSize(3);
    race.connector.pending.pollLast().succeed();
    assertThat(race.connector.pending).isEmpty();
  }

  @Test
  void addressesOfOneFamilyRaceToo() {
    race.addresses = List.of(SIX, SIX_TOO);
    race.begin();
    race.connector.time.advance(DELAY);
    assertThat(race.underWay()).containsExactlyInAnyOrder(SIX, SIX_TOO);
  }

  @Test
  void aLoserServesWhoeverWaitsWithoutAConnect() {
    race.ports = 1;
    CompletableFuture<Lease<Integer>> first = race.call();
    race.connector.time.advance(DELAY);
    assertThat(race.underWay()).containsExactly(SIX, FOUR);
    CompletableFuture<Lease<Integer>> second = race.call();
    assertThat(race.connector.attempts).as("there is no third port").hasSize(2);

    race.connector.pending.pollLast().succeed();
    assertThat(to(first)).isEqualTo(FOUR);
    assertThat(race.underWay()).containsExactly(SIX);
    race.connector.pending.pollLast().succeed();
    assertThat(to(second)).isEqualTo(SIX);
  }

  @Test
  void theDelayCanBeSet() {
    ConnectionPool<Integer> hasty =
        race.pool(settings -> settings.connectionAttemptDelay(Duration.ofMillis(10)));
    race.begin(hasty, SHOP);
    race.connector.time.advance(Duration.ofMillis(10));
    assertThat(race.underWay()).containsExactly(SIX, FOUR);
    race.connector.pending.poll().succeed();
    assertThat(hasty.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void closingThePoolCancelsAllOfARace() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    CompletableFuture<Void> closed = race.pool.close(Duration.ZERO);
    assertThat(caller).isCompletedExceptionally();
    assertThat(race.connector.pending).isEmpty();
    assertThat(closed).isCompleted();
  }

  @Test
  void aLoserThatConnectsAllTheSameIdles() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    Attempt loser = race.connector.pending.pollFirst(); // cannot be cancelled any more
    race.connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    loser.succeed();
    assertThat(race.pool.snapshot().idle()).isEqualTo(1);
    assertThat(race.pool.snapshot().leased()).isEqualTo(1);
  }

  @Test
  void noneBeginsWhereTheConnectorWasLateAndHasAnAnswer() {
    List<Runnable> late = new ArrayList<>();
    race.connector.onOverdue = late::add;
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    assertThat(race.underWay()).containsExactly(SIX);

    race.connector.pending.pollFirst().succeed();
    late.forEach(Runnable::run);

    assertThat(late).hasSize(1);
    assertThat(race.connector.attempts).hasSize(1);
    assertThat(to(caller)).isEqualTo(SIX);
  }

  @Test
  void oneBeginsWhereTheConnectorWasLateAndHasNoAnswer() {
    List<Runnable> late = new ArrayList<>();
    race.connector.onOverdue = late::add;
    race.begin();
    race.connector.time.advance(DELAY.multipliedBy(4));
    assertThat(late).as("asked once").hasSize(1);
    late.get(0).run();
    assertThat(race.underWay()).containsExactly(SIX, FOUR);
  }

  @Test
  void aConnectHasItsOwnTimeHoweverLateTheOneBeforeWas() {
    List<Runnable> late = new ArrayList<>();
    race.connector.onOverdue = late::add;
    race.addresses = List.of(FOUR, SIX, SIX_TOO);
    race.begin();
    race.connector.time.advance(DELAY);
    late.remove(0).run();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollLast().fail(ConnectFailure.Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(race.connector.attempts).as("the third at once").hasSize(3);

    race.connector.pending.pollLast().fail(ConnectFailure.Kind.LOCAL_PORT, Ending.PORT_TAKEN);
    assertThat(race.connector.attempts).as("and once more, on another port").hasSize(4);
    assertThat(late).hasSize(1);
    late.remove(0).run();
    assertThat(race.connector.attempts).hasSize(4);
  }
}
