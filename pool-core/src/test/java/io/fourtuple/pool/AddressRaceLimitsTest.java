package io.fourtuple.pool;

import static io.fourtuple.pool.AddressRace.DELAY;
import static io.fourtuple.pool.AddressRace.FOUR;
import static io.fourtuple.pool.AddressRace.LONG;
import static io.fourtuple.pool.AddressRace.SHOP;
import static io.fourtuple.pool.AddressRace.SIX;
import static io.fourtuple.pool.AddressRace.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where no second address is tried. */
class AddressRaceLimitsTest {
  @RegisterExtension final AddressRace race = new AddressRace();

  @Test
  void aConnectThatSucceedsInTimeRacesNobody() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY.minusNanos(1));
    race.connector.pending.poll().succeed();
    race.connector.time.advance(LONG);
    assertThat(to(caller)).isEqualTo(SIX);
    assertThat(race.connector.attempts).hasSize(1);
  }

  @Test
  void noRaceBeginsWithoutAPort() {
    race.ports = 1;
    CompletableFuture<Lease<Integer>> holder = race.call(race.pool, Destination.of("four", FOUR));
    race.connector.pending.poll().succeed();
    CompletableFuture<Lease<Integer>> caller = race.call();
    race.connector.time.advance(DELAY.multipliedBy(3));
    assertThat(race.underWay()).containsExactly(SIX);

    holder.join().discard();
    race.connector.time.advance(DELAY.multipliedBy(2));
    assertThat(race.underWay()).as("as soon as there is one").containsExactly(SIX, FOUR);
    race.connector.pending.pollLast().succeed();
    assertThat(to(caller)).isEqualTo(FOUR);
  }

  @Test
  void nobodyWaitsInVainWhileTheConnectsOfARaceHoldThePorts() {
    race.ports = 1;
    ConnectionPool<Integer> hasty = race.pool(settings -> settings.portPatience(DELAY));
    CompletableFuture<Lease<Integer>> first = race.call(hasty, SHOP);
    race.connector.time.advance(DELAY);
    assertThat(race.underWay()).containsExactly(SIX, FOUR);
    CompletableFuture<Lease<Integer>> second = race.call(hasty, SHOP);
    race.connector.time.advance(DELAY.multipliedBy(3));
    assertThat(second).isNotDone();
    race.connector.pending.poll().succeed();
    race.connector.pending.poll().succeed();
    assertThat(List.of(to(first), to(second))).containsExactly(SIX, FOUR);
    first.join().close();
    second.join().close();
    assertThat(hasty.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void noRaceBeginsBeyondTheConnectsOfARoute() {
    ConnectionPool<Integer> narrow = race.pool(settings -> settings.maxConnectingPerRoute(1));
    race.begin(narrow, SHOP);
    race.begin(narrow, SHOP);
    assertThat(race.underWay()).containsExactlyInAnyOrder(SIX, FOUR);
    race.connector.time.advance(DELAY.multipliedBy(3));
    assertThat(race.connector.attempts).hasSize(2);
    race.connector.pending.poll().succeed();
    race.connector.pending.poll().succeed();
    assertThat(narrow.close(Duration.ZERO)).isCompleted();
  }

  @Test
  void noRaceBeginsForNobody() {
    CompletableFuture<Lease<Integer>> caller = race.call();
    caller.cancel(false);
    race.connector.time.advance(DELAY.multipliedBy(3));
    assertThat(race.underWay()).containsExactly(SIX);
  }

  @Test
  void aDestinationOfGivenEndpointsDoesNotRace() {
    race.begin(race.pool, Destination.of("given", SIX, FOUR));
    race.connector.time.advance(DELAY.multipliedBy(3));
    assertThat(race.connector.attempts).hasSize(1);
  }

  @Test
  void anOnlyAddressDoesNotRace() {
    race.addresses = List.of(SIX);
    race.begin();
    race.connector.time.advance(DELAY.multipliedBy(3));
    assertThat(race.connector.attempts).hasSize(1);
  }
}
