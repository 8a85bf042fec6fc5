package io.fourtuple.pool;

import static io.fourtuple.pool.AddressRace.DELAY;
import static io.fourtuple.pool.AddressRace.FOUR;
import static io.fourtuple.pool.AddressRace.SIX;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ScriptedConnector.Attempt;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a race of addresses teaches those who connect next. */
class AddressRaceMemoryTest {
  @RegisterExtension final AddressRace race = new AddressRace();

  @Test
  void whoWasOutrunIsNobodysFirstChoiceForAWhile() {
    race.begin();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollLast().succeed();
    for (int i = 0; i < 10; i++) {
      race.begin();
    }
    assertThat(race.underWay()).hasSize(10).containsOnly(FOUR);
    race.connector.pending.forEach(Attempt::succeed);
    race.connector.pending.clear();
  }

  @Test
  void afterwardsOneConnectAtATimeFindsOut() {
    race.begin();
    race.connector.time.advance(DELAY);
    race.connector.pending.pollLast().succeed();
    race.connector.time.advance(Duration.ofSeconds(30));
    for (int i = 0; i < 10; i++) {
      race.begin();
    }
    assertThat(race.underWay()).hasSize(10).containsOnlyOnce(SIX);

    race.connector.pending.removeIf(
        attempt -> {
          attempt.succeed();
          return true;
        });
    for (int i = 0; i < 10; i++) {
      race.begin();
    }
    assertThat(race.underWay()).as("it is as good as the other").contains(SIX, FOUR);
    List<Attempt> rest = List.copyOf(race.connector.pending);
    race.connector.pending.clear();
    rest.forEach(Attempt::succeed);
  }

  @Test
  void onceAFamilyWorksAllAddressesShareTheConnects() {
    race.begin();
    race.connector.pending.poll().succeed();
    for (int i = 0; i < 20; i++) {
      race.begin();
    }
    assertThat(race.underWay().stream().filter(SIX::equals).count()).isBetween(5L, 15L);
    List<Attempt> all = List.copyOf(race.connector.pending);
    race.connector.pending.clear();
    all.forEach(Attempt::succeed);
  }
}
