package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fourtuple.testkit.SimulatedConnection;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectionPoolBuilderTest {
  @RegisterExtension final Scene scene = Scene.owned(1);

  @Test
  void itHasTheDefaultsThatItSays() {
    assertThat(ConnectionPool.builder(scene.connector).config())
        .isEqualTo(
            new PoolConfig(
                10_000,
                Duration.ofDays(365),
                64,
                Integer.MAX_VALUE,
                0,
                4,
                Duration.ofMillis(10),
                Long.MAX_VALUE,
                Duration.ofSeconds(60),
                Duration.ofMinutes(30),
                Duration.ofSeconds(10),
                Duration.ofMillis(250),
                3,
                Duration.ofMillis(500),
                Duration.ofSeconds(30),
                Duration.ofSeconds(10),
                LeakDetection.ON));
  }

  @Test
  void itTakesWhatItIsTold() {
    Duration milli = Duration.ofMillis(1);
    assertThat(
            ConnectionPool.builder(scene.connector)
                .maxWaiters(0)
                .portPatience(milli)
                .maxConnectingPerRoute(1)
                .maxIdlePerDestination(2)
                .minIdlePerDestination(2)
                .warmUpPace(1, milli)
                .maxUses(1)
                .maxIdleTime(milli)
                .maxLifetime(Duration.ofDays(365))
                .connectTimeout(milli)
                .connectionAttemptDelay(Duration.ofSeconds(2))
                .failuresUntilDown(1)
                .backOff(milli, milli)
                .slowStart(Duration.ZERO)
                .leakDetection(LeakDetection.TRACED)
                .config())
        .isEqualTo(
            new PoolConfig(
                0,
                milli,
                1,
                2,
                2,
                1,
                milli,
                1,
                milli,
                Duration.ofDays(365),
                milli,
                Duration.ofSeconds(2),
                1,
                milli,
                milli,
                Duration.ZERO,
                LeakDetection.TRACED));
  }

  static Stream<Arguments> rejected() {
    Duration tooLong = Duration.ofDays(365).plusNanos(1);
    return Stream.of(
        rejects("maxWaiters must be >= 0, was -1", b -> b.maxWaiters(-1)),
        rejects(
            "portPatience must be in 1 ms..365 days, was PT0S", b -> b.portPatience(Duration.ZERO)),
        rejects("maxConnectingPerRoute must be >= 1, was 0", b -> b.maxConnectingPerRoute(0)),
        rejects("maxIdlePerDestination must be >= 0, was -1", b -> b.maxIdlePerDestination(-1)),
        rejects("minIdlePerDestination must be >= 0, was -1", b -> b.minIdlePerDestination(-1)),
        rejects("connecting must be >= 1, was 0", b -> b.warmUpPace(0, Duration.ofSeconds(1))),
        rejects(
            "interval must be in 1 ms..365 days, was PT0S", b -> b.warmUpPace(1, Duration.ZERO)),
        rejects("maxUses must be >= 1, was 0", b -> b.maxUses(0)),
        rejects(
            "maxIdleTime must be in 1 ms..365 days, was PT0S", b -> b.maxIdleTime(Duration.ZERO)),
        rejects(
            "maxLifetime must be in 1 ms..365 days, was PT8760H0.000000001S",
            b -> b.maxLifetime(tooLong)),
        rejects(
            "connectTimeout must be in 1 ms..365 days, was PT-1S",
            b -> b.connectTimeout(Duration.ofSeconds(-1))),
        rejects(
            "connectionAttemptDelay must be in 10 ms..2 s, was PT0.009S",
            b -> b.connectionAttemptDelay(Duration.ofMillis(9))),
        rejects(
            "connectionAttemptDelay must be in 10 ms..2 s, was PT2.000000001S",
            b -> b.connectionAttemptDelay(Duration.ofSeconds(2).plusNanos(1))),
        rejects("failuresUntilDown must be >= 1, was 0", b -> b.failuresUntilDown(0)),
        rejects(
            "first must be in 1 ms..365 days, was PT0S",
            b -> b.backOff(Duration.ZERO, Duration.ofSeconds(1))),
        rejects(
            "longest must be in 1 ms..365 days, was PT8760H0.000000001S",
            b -> b.backOff(Duration.ofSeconds(1), tooLong)),
        rejects(
            "first must be <= longest (PT1S), was PT2S",
            b -> b.backOff(Duration.ofSeconds(2), Duration.ofSeconds(1))),
        rejects(
            "slowStart must be in 0..365 days, was PT-1S",
            b -> b.slowStart(Duration.ofSeconds(-1))));
  }

  private static Arguments rejects(
      String message, Consumer<ConnectionPoolBuilder<SimulatedConnection>> setting) {
    return arguments(message, setting);
  }

  @ParameterizedTest
  @MethodSource("rejected")
  void itRejectsWithFieldRuleAndValue(
      String message, Consumer<ConnectionPoolBuilder<SimulatedConnection>> setting) {
    ConnectionPoolBuilder<SimulatedConnection> builder = ConnectionPool.builder(scene.connector);
    PoolConfig before = builder.config();
    assertThatThrownBy(() -> setting.accept(builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
    assertThat(builder.config()).isEqualTo(before);
  }

  @Test
  void itRejectsMoreIdleConnectionsThanMayIdle() {
    ConnectionPoolBuilder<SimulatedConnection> builder =
        ConnectionPool.builder(scene.connector).minIdlePerDestination(6).maxIdlePerDestination(5);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("minIdlePerDestination must be <= maxIdlePerDestination (5), was 6");
  }
}
