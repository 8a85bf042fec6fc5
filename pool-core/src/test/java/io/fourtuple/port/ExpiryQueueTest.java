package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiryQueueTest {
  private static final ExpiryQueue.Validity ALL = (port, expiry) -> true;

  private record Entry(long expiry, int port) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void agreesWithASortedListWhateverHappens(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ExpiryQueue queue = new ExpiryQueue();
    List<Entry> model = new ArrayList<>();
    for (int step = 0; step < 3_000; step++) {
      int growth = step % 1_000 < 500 ? 6 : 3;
      if (random.nextInt(10) < growth) {
        // All ports, and more than a day of milliseconds; some twice.
        Entry entry = new Entry(random.nextLong(100_000_000L), random.nextInt(1, 65_536));
        queue.add(entry.expiry, entry.port);
        model.add(entry);
        model.sort(Comparator.comparingLong(Entry::expiry).thenComparingInt(Entry::port));
      } else if (!model.isEmpty()) {
        queue.removeFirst();
        model.remove(0);
      }
      if (random.nextInt(300) == 0) {
        int odd = random.nextInt(2);
        queue.compact((port, expiry) -> port % 2 == odd);
        model.removeIf(entry -> entry.port % 2 != odd);
      }
      assertThat(queue.size()).isEqualTo(model.size());
      assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
      if (!model.isEmpty()) {
        assertThat(new Entry(queue.expiry(), queue.port())).isEqualTo(model.get(0));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void findsTheFirstOfSeveralQueuesWithoutChangingThem(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<ExpiryQueue.Source> sources = new ArrayList<>();
    List<Duration> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ExpiryQueue queue = new ExpiryQueue();
      for (int n = random.nextInt(60); n > 0; n--) {
        long expiry = random.nextLong(500);
        int port = random.nextInt(1, 65_536);
        queue.add(expiry, port);
        if (port % 3 != 0) {
          all.add(Duration.ofMillis(Math.max(0, expiry - 100)));
        }
      }
      sources.add(new ExpiryQueue.Source(queue, (port, expiry) -> port % 3 != 0));
    }
    all.sort(Comparator.naturalOrder());

    for (int most : new int[] {0, 1, 7, 1_000}) {
      assertThat(ExpiryQueue.untilFirst(sources, most, 100))
          .isEqualTo(all.subList(0, Math.min(most, all.size())));
    }
  }

  @Test
  void findsNothingInEmptyQueues() {
    assertThat(ExpiryQueue.untilFirst(List.of(), 3, 0)).isEmpty();
    assertThat(
            ExpiryQueue.untilFirst(List.of(new ExpiryQueue.Source(new ExpiryQueue(), ALL)), 3, 0))
        .isEmpty();
  }

  @Test
  void holdsTheHighestPortAndAMomentCenturiesAhead() {
    ExpiryQueue queue = new ExpiryQueue();
    long farthest = 100_000_000_000_000L; // 3,000 years in milliseconds

    queue.add(farthest, PortRange.MAX_PORT);

    assertThat(queue.expiry()).isEqualTo(farthest);
    assertThat(queue.port()).isEqualTo(PortRange.MAX_PORT);
  }
}
