package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortTableTest {
  private static final long WRAP = 1L << 32; // stamps are the low 32 bits of milliseconds

  static List<String> portSets() {
    return List.of(
        "40000",
        "40000-40063",
        "40000-40255", // one chunk
        "40000-40256", // and one port more
        "40000-41023",
        "1-3,300,700-720", // chunks without any port in between
        "40000-40099,40200-40399,41000", // holes within a chunk, and whole chunks
        "65000-65535",
        "1,65535");
  }

  @ParameterizedTest
  @MethodSource("portSets")
  void beginsWithEveryPortFreeAndAvailable(String ports) {
    PortSet set = PortSet.parse(ports);
    PortTable table = table(ports);

    for (int port : portsOf(set)) {
      assertThat(table.contains(port)).isTrue();
      assertThat(table.state(port)).isSameAs(PortState.FREE);
      assertThat(table.ending(port)).isNull();
      assertThat(table.stamp(port)).isZero();
      assertThat(table.isAvailable(port)).isTrue();
    }
    assertThat(used(table)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "40000-40099, 39999",
    "40000-40099, 40100",
    "40000-40099, 0",
    "'40000,40002', 40001",
    "'1,65535', 300"
  })
  void containsNoPortBesideItsSet(String ports, int port) {
    assertThat(table(ports).contains(port)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("portSets")
  void goesRoundAllPortsAndSkipsHoles(String ports) {
    PortSet set = PortSet.parse(ports);
    PortTable table = table(ports);
    List<Integer> expected = portsOf(set);
    int last = expected.get(expected.size() - 1);
    int from = expected.get(expected.size() / 2);
    List<Integer> round = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      int port = table.nextAvailable(from);
      table.set(port, PortState.RESERVED, null, false);
      round.add(port);
      from = port == last ? expected.get(0) : port + 1;
    }

    int middle = expected.size() / 2;
    List<Integer> rotated = new ArrayList<>(expected.subList(middle, expected.size()));
    rotated.addAll(expected.subList(0, middle));
    assertThat(round).isEqualTo(rotated);
    assertThat(table.nextAvailable(expected.get(0))).isZero();
    assertThat(table.nextAvailable(last)).isZero();
  }

  @ParameterizedTest
  @MethodSource("portSets")
  void agreesWithANaiveTableWhateverHappens(String ports) {
    PortSet set = PortSet.parse(ports);
    List<Integer> all = portsOf(set);
    for (long seed = 1; seed <= 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      PortTable table = table(ports);
      Map<Integer, Entry> model = new TreeMap<>();
      for (int step = 0; step < 1_500; step++) {
        int port = all.get(random.nextInt(all.size()));
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> {
            // Long runs of the same kind fill whole chunks.
            PortState state =
                random.nextInt(all.size() + step) < step
                    ? PortState.ESTABLISHED
                    : PortState.of(random.nextInt(7));
            @Nullable Ending ending =
                random.nextBoolean() ? null : Ending.values()[random.nextInt(11)];
            boolean available = state == PortState.FREE || random.nextInt(4) == 0;
            table.set(port, state, ending, available);
            model.put(port, new Entry(state, ending, available));
          }
          case 5 -> table.set(port, PortState.FREE, null, true);
          default -> {
            // looking only
          }
        }
        if (table.state(port) == PortState.FREE && table.ending(port) == null) {
          model.remove(port);
        }
        Entry expected = model.getOrDefault(port, Entry.FREE);
        assertThat(new Entry(table.state(port), table.ending(port), table.isAvailable(port)))
            .as("port %s, seed %s, step %s", port, seed, step)
            .isEqualTo(expected);
        assertThat(table.nextAvailable(port))
            .as("next after %s, seed %s, step %s", port, seed, step)
            .isEqualTo(nextAvailable(all, model, port));
        if (step % 100 == 0) {
          table.prune(0); // forgets nothing that the model knows
          assertThat(used(table)).isEqualTo(usedPorts(model));
        }
      }
    }
  }

  private record Entry(PortState state, @Nullable Ending ending, boolean available) {
    static final Entry FREE = new Entry(PortState.FREE, null, true);
  }

  private static int nextAvailable(List<Integer> all, Map<Integer, Entry> model, int from) {
    int start = all.indexOf(from);
    return IntStream.range(0, all.size())
        .map(i -> all.get((start + i) % all.size()))
        .filter(port -> model.getOrDefault(port, Entry.FREE).available())
        .findFirst()
        .orElse(0);
  }

  private static List<Integer> usedPorts(Map<Integer, Entry> model) {
    return model.entrySet().stream()
        .filter(entry -> entry.getValue().state() != PortState.FREE)
        .map(Map.Entry::getKey)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_000, WRAP / 2 - 50, WRAP - 50, WRAP, 5 * WRAP - 1})
  void knowsHowLongAgoAPortWasFreedWhereverItsStampsStand(long freed) {
    PortTable table = table("40000-40099");

    table.stamp(40_000, freed);

    assertThat(table.wasFreedWithin(40_000, 100, freed + 90)).isTrue();
    assertThat(table.wasFreedWithin(40_000, 100, freed + 110)).isFalse();
    assertThat(table.wasFreedWithin(40_001, 100, freed + 90)).as("another port").isFalse();
  }

  @Test
  void keepsAStampWhateverTheStateBecomes() {
    PortTable table = table("40000-40099");

    table.stamp(40_007, 123);
    table.set(40_007, PortState.TIME_WAIT, Ending.UNKNOWN, false);

    assertThat(table.stamp(40_007)).isEqualTo(123);
    assertThat(table.stamp(40_008)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1_000, WRAP - 50, 3 * WRAP + 7})
  void forgetsAStampOnceItIsOld(long freed) {
    PortTable table = table("40000-40099");
    table.stamp(40_000, freed);

    table.prune(freed - 1);
    assertThat(table.stamp(40_000)).as("still young").isEqualTo((int) freed);

    table.prune(freed);
    assertThat(table.stamp(40_000)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"FREE", "ESTABLISHED"})
  void forgetsAnOldStampBesideAPortThatIsUsedForWeeks(PortState state) {
    PortTable table = table("40000-40099");
    long freed = 1_000;
    long weeks = freed + WRAP / 2 + 1_000; // half of the scale: old stamps would look new again
    table.stamp(40_000, freed);
    table.set(40_000, state, null, state == PortState.FREE);
    table.set(40_001, PortState.ESTABLISHED, null, false);

    table.prune(freed + 60_000);

    assertThat(table.wasFreedWithin(40_000, 130_000, weeks)).isFalse();
    assertThat(table.stamp(40_000)).isZero();
    assertThat(table.state(40_001)).isSameAs(PortState.ESTABLISHED);
  }

  @Test
  void keepsTheStampOfARestHoweverOldBecauseItsEntryIsStillToCome() {
    PortTable table = table("40000-40099");
    table.stamp(40_000, 1_000);
    table.set(40_000, PortState.TIME_WAIT, Ending.UNKNOWN, false);

    table.prune(2_000);

    assertThat(table.stamp(40_000)).isEqualTo(1_000);
  }

  @Test
  void losesNoHoleWhenItForgets() {
    PortTable table = table("40000-40009,41000-41009");
    table.set(41_009, PortState.RESERVED, null, false);
    table.set(41_009, PortState.FREE, null, true);

    table.prune(1);

    assertThat(table.nextAvailable(40_009)).isEqualTo(40_009);
    table.set(40_009, PortState.RESERVED, null, false);
    assertThat(table.nextAvailable(40_009)).isEqualTo(41_000);
  }

  private static PortTable table(String ports) {
    return new PortTable(PortLayout.of(PortSet.parse(ports)));
  }

  private static List<Integer> portsOf(PortSet set) {
    return set.ranges().stream()
        .flatMap(range -> IntStream.rangeClosed(range.first(), range.last()).boxed())
        .toList();
  }

  private static List<Integer> used(PortTable table) {
    List<Integer> used = new ArrayList<>();
    table.forEachUsed((port, state) -> used.add(port));
    return used;
  }
}
