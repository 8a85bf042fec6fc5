package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestsTest {
  private final PortTable table = new PortTable(PortLayout.of(PortSet.parse("40000-40599")));
  private final Rests rests = new Rests(table);

  /** Starts near the moment when stamps wrap around, and crosses it. */
  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 31) - 500, (1L << 32) - 500})
  void tellsOfEachPortOnceAtTheEndOfItsLastRest(long start) {
    SplittableRandom random = new SplittableRandom(start);
    Map<Integer, Long> model = new HashMap<>();
    long now = start;
    for (int step = 0; step < 5_000; step++) {
      int port = 40_000 + random.nextInt(600);
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          long until = now + random.nextInt(1, 2_000);
          table.set(port, PortState.TIME_WAIT, Ending.UNKNOWN, false);
          rests.add(port, until, model.size());
          model.put(port, until);
        }
        case 2 -> {
          table.set(port, PortState.ESTABLISHED, null, false); // goes other ways
          model.remove(port);
        }
        default -> {
          now += random.nextInt(20);
          Map<Integer, Long> heard = expireAt(now);
          Map<Integer, Long> expected = new HashMap<>(model);
          long at = now;
          expected.values().removeIf(until -> until > at);
          assertThat(heard).as("step %s", step).isEqualTo(expected);
          model.keySet().removeAll(heard.keySet());
          long next = model.values().stream().min(Long::compare).orElse(Long.MAX_VALUE);
          assertThat(rests.next()).isLessThanOrEqualTo(next); // earlier by stale entries only
        }
      }
    }
  }

  private Map<Integer, Long> expireAt(long now) {
    Map<Integer, Long> heard = new HashMap<>();
    rests.expire(
        now,
        (port, millis) -> {
          table.set(port, PortState.FREE, null, true);
          assertThat(heard.put(port, millis)).as("told twice of %s", port).isNull();
        });
    return heard;
  }

  @Test
  void knowsWhenPortsInTimeWaitAreFreeShortestFirst() {
    rest(40_001, PortState.TIME_WAIT, Ending.LOCAL_CLOSED_FIRST, 3_000);
    rest(40_002, PortState.TIME_WAIT, Ending.TUPLE_TAKEN, 1_000);
    rest(40_003, PortState.TIME_WAIT, Ending.VANISHED, 2_000);

    assertThat(Rests.untilFree(List.of(rests), 2, 500))
        .containsExactly(Duration.ofMillis(500), Duration.ofMillis(1_500));
  }

  @Test
  void promisesNeitherPortsOfOthersNorThoseThatCanBeHadAlready() {
    rest(40_001, PortState.FOREIGN, null, 1_000);
    rest(40_002, PortState.TIME_WAIT, Ending.LOCAL_CLOSED_FIRST, 2_000);
    table.set(40_002, PortState.TIME_WAIT, Ending.LOCAL_CLOSED_FIRST, true);
    rest(40_003, PortState.TIME_WAIT, Ending.UNKNOWN, 3_000);

    assertThat(Rests.untilFree(List.of(rests), 9, 0)).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void promisesNoPortThatRestsAMomentBeforeItsTimeWaitBegins() {
    rest(40_001, PortState.CLOSING, Ending.LOCAL_CLOSED_FIRST, 10);

    assertThat(Rests.untilFree(List.of(rests), 9, 0)).isEmpty();
  }

  @Test
  void forgetsEntriesOfPortsThatWentOtherWays() {
    List<Integer> ports = new ArrayList<>();
    for (int port = 40_000; port < 40_100; port++) {
      rest(port, PortState.TIME_WAIT, Ending.UNKNOWN, port);
      ports.add(port);
    }
    ports.forEach(port -> table.set(port, PortState.ESTABLISHED, null, false));

    rests.compact();

    assertThat(rests.next()).isEqualTo(Long.MAX_VALUE);
  }

  private void rest(int port, PortState state, @Nullable Ending ending, long until) {
    table.set(port, state, ending, false);
    rests.add(port, until, 1);
  }
}
