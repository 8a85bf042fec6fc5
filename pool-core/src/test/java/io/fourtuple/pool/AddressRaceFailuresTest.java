package io.fourtuple.pool;

import static io.fourtuple.pool.AddressRace.DELAY;
import static io.fourtuple.pool.AddressRace.FOUR;
import static io.fourtuple.pool.AddressRace.SIX;
import static io.fourtuple.pool.AddressRace.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Ending;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What fails in a race of addresses, and who hears of it. */
class AddressRaceFailuresTest {
  @RegisterExtension final AddressRace race = new AddressRace();

  @Test
  void afterARefusalTheOtherFamilyIsTriedAtOnce() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.pending.poll().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(race.underWay()).containsExactly(FOUR);
    race.connector.pending.poll().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(race.snapshotOf(SIX).failures()).isEqualTo(1);
  }

  @Test
  void aRefusalOfTheSecondLeavesTheFirstToGoOn() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollLast().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(caller).isNotDone();
    assertThat(race.underWay()).containsExactly(SIX);
    race.connector.time.advance(DELAY.multipliedBy(4));
    assertThat(race.connector.attempts).as("nothing is tried twice").hasSize(2);
    race.connector.pending.poll().succeed();
    assertThat(to(caller)).isEqualTo(SIX);
  }

  @Test
  void theCallerIsToldOnceWhereAllHaveFailed() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollFirst().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(caller).isNotDone();
    race.connector.pending.pollFirst().fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(caller).failsWithin(Duration.ZERO);
    assertThat(race.pool.snapshot().counters().refused()).isEqualTo(1);
    assertThat(race.pool.snapshot().counters().connectFailed()).isEqualTo(2);
  }

  @Test
  void aFaultOfThisHostDoesNotRefuseWhoIsServedByTheOther() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollFirst().fail(Kind.HOST, Ending.CONNECT_FAILED);
    assertThat(caller).isNotDone();
    race.connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
  }

  @Test
  void sourcesThatThrowForTheSecondLeaveTheFirstToGoOn() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.sources =
        to -> {
          throw new IllegalStateException("sources");
        };
    race.connector.time.advance(DELAY.multipliedBy(2));
    assertThat(caller).isNotDone();
    race.connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(SIX);
  }

  @Test
  void aRefusedPortIsAnsweredWithAnother() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollLast().fail(Kind.LOCAL_PORT, Ending.TUPLE_TAKEN);
    assertThat(race.underWay()).containsExactly(SIX, FOUR);
    race.connector.pending.pollLast().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(race.pool.snapshot().counters().absorbed()).isEqualTo(1);
  }

  @Test
  void aLoserThatFailsAllTheSameRefusesNobody() {
    race.begin();
    race.connector.time.advance(DELAY);
    Attempt loser = race.connector.pending.pollFirst();
    race.connector.pending.pollFirst().succeed();
    CompletableFuture<Lease<Integer>> next = race.call();
    loser.fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
    assertThat(next).isNotDone();
    assertThat(race.underWay()).containsExactly(FOUR);
    race.connector.pending.pollFirst().succeed();
    assertThat(next).isCompleted();
  }

  @Test
  void anAddressIsConnectedToOnceWhereARefusalMeetsTheRace() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    Attempt refused = race.connector.pending.pollFirst();
    var sources = race.connector.sources;
    race.connector.sources =
        to -> { // as a refusal that another thread brings while the race looks for a port
          race.connector.sources = sources;
          refused.fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
          return sources.apply(to);
        };
    race.connector.time.advance(DELAY);
    assertThat(race.underWay()).containsExactly(FOUR);
    race.connector.pending.pollFirst().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
    assertThat(race.pool.snapshot().connecting()).isZero();
  }
}
