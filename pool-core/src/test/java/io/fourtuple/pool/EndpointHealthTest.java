package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.time.Deadline;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointHealthTest {
  private static final long MILLI = 1_000_000;

  /** The last tick before they wrap around. */
  private static final long NOW = Long.MAX_VALUE;

  /** Chance that is no chance: back-off is neither shorter nor longer. */
  private static final RandomGenerator MIDDLE =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return 0;
        }

        @Override
        public double nextDouble() {
          return 0.5;
        }
      };

  private static EndpointHealth health(Duration first, Duration longest) {
    return health(first, longest, Duration.ofSeconds(10));
  }

  private static EndpointHealth health(Duration first, Duration longest, Duration slowStart) {
    return new EndpointHealth(
        new PoolConfig(
            1,
            Duration.ofDays(365),
            1,
            1,
            0,
            1,
            first,
            1,
            first,
            first,
            first,
            first,
            3,
            first,
            longest,
            slowStart,
            LeakDetection.OFF));
  }

  @ParameterizedTest
  @CsvSource({"3, 500", "4, 1000", "5, 2000", "8, 16000", "9, 30000", "10, 30000", "100, 30000"})
  void backOffDoublesUpToTheLongest(int failures, long millis) {
    EndpointHealth health = health(Duration.ofMillis(500), Duration.ofSeconds(30));
    fail(health, failures, MIDDLE);
    assertThat(health.nanosToProbe(NOW)).isEqualTo(millis * MILLI);
    assertThat(health.failures()).isEqualTo(failures);
  }

  @Test
  void theLongestBackOffDoesNotOverflow() {
    EndpointHealth health = health(Duration.ofDays(300), Duration.ofDays(365));
    fail(health, 60, MIDDLE);
    assertThat(health.nanosToProbe(NOW)).isEqualTo(Duration.ofDays(365).toNanos());
  }

  @Test
  void backOffVariesByAFifth() {
    SplittableRandom random = new SplittableRandom(7);
    long shortest = Long.MAX_VALUE;
    long longest = 0;
    for (int i = 0; i < 1_000; i++) {
      EndpointHealth health = health(Duration.ofSeconds(1), Duration.ofSeconds(30));
      fail(health, 3, random);
      shortest = Math.min(shortest, health.nanosToProbe(NOW));
      longest = Math.max(longest, health.nanosToProbe(NOW));
    }
    assertThat(shortest).isBetween(800 * MILLI, 810 * MILLI);
    assertThat(longest).isBetween(1_190 * MILLI, 1_200 * MILLI);
  }

  @Test
  void aFewFailuresAreForgiven() {
    EndpointHealth health = health(Duration.ofSeconds(1), Duration.ofSeconds(30));
    fail(health, 2, MIDDLE);
    assertThat(health.isDown()).isFalse();
    assertThat(health.mayConnect(NOW)).isTrue();
    assertThat(health.nanosToProbe(NOW)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void afterTheBackOffOneConnectAtATimeMayTry() {
    EndpointHealth health = health(Duration.ofSeconds(1), Duration.ofSeconds(30));
    fail(health, 3, MIDDLE);
    assertThat(health.mayConnect(after(999))).isFalse();
    long later = after(1_000);
    assertThat(health.mayConnect(later)).isTrue();
    int probe = health.begins();
    assertThat(health.mayConnect(later)).isFalse();
    assertThat(health.nanosToProbe(later)).isEqualTo(Long.MAX_VALUE);
    health.undecided(probe);
    assertThat(health.mayConnect(later)).isTrue();
    health.succeeded(health.begins(), later);
    assertThat(health.isDown()).isFalse();
    assertThat(health.mayConnect(later)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, 0.1", "999, 0.1", "2500, 0.25", "9000, 0.9", "10000, 1", "99999, 1"})
  void afterAnOutageTheWeightGrowsFromATenthToOne(long millis, double weight) {
    EndpointHealth health = recovered(Duration.ofSeconds(10));
    assertThat(health.weight(after(millis))).isEqualTo(weight);
  }

  @Test
  void withoutSlowStartTheWeightIsOneAtOnce() {
    assertThat(recovered(Duration.ZERO).weight(NOW)).isEqualTo(1);
  }

  @Test
  void aFailureThatIsForgivenCostsNoWeight() {
    EndpointHealth health = health(Duration.ofSeconds(1), Duration.ofSeconds(30));
    assertThat(health.weight(NOW)).isEqualTo(1);
    fail(health, 2, MIDDLE);
    health.succeeded(health.begins(), NOW);
    assertThat(health.weight(NOW)).isEqualTo(1);
  }

  @Test
  void aSuccessDuringSlowStartDoesNotStartItAgain() {
    EndpointHealth health = recovered(Duration.ofSeconds(10));
    health.succeeded(health.begins(), after(5_000));
    assertThat(health.weight(after(5_000))).isEqualTo(0.5);
  }

  private static EndpointHealth recovered(Duration slowStart) {
    EndpointHealth health = health(Duration.ofSeconds(1), Duration.ofSeconds(30), slowStart);
    fail(health, 3, MIDDLE);
    health.succeeded(health.begins(), NOW);
    return health;
  }

  private static long after(long millis) {
    return Deadline.after(NOW, Duration.ofMillis(millis)).tick();
  }

  private static void fail(EndpointHealth health, int times, RandomGenerator random) {
    for (int i = 0; i < times; i++) {
      health.failed(health.begins(), NOW, random);
    }
  }
}
