package io.fourtuple.examples.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.PortsExhaustedException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TallyTest {
  private static final Duration DEADLINE = Duration.ofMillis(250);

  private final Tally tally = new Tally(DEADLINE);

  @ParameterizedTest
  @ValueSource(longs = {1, 66_000})
  void aRefusalWithAnEstimateIsEarly(long millis) {
    tally.fail(
        new CompletionException(exhausted(Duration.ofMillis(249), Duration.ofMillis(millis))));
    assertThat(result().refused()).isOne();
    assertThat(result().failed()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 66_001})
  void anImpossibleEstimateIsAFailure(long millis) {
    tally.fail(exhausted(Duration.ofMillis(249), Duration.ofMillis(millis)));
    assertThat(result().refused()).isZero();
    assertThat(result().failed()).isOne();
  }

  @Test
  void aRefusalWithoutKnownEstimateIsAFailure() {
    tally.fail(exhausted(Duration.ZERO, null));
    assertThat(result().failed()).isOne();
  }

  @Test
  void aRefusalAtTheDeadlineIsNotEarly() {
    tally.fail(exhausted(DEADLINE, Duration.ofSeconds(1)));
    assertThat(result().refused()).isZero();
    assertThat(result().failed()).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connect(..) failed with error(-99): Cannot assign requested address: /127.0.0.1:9001",
        "bind(..) failed with error(-98): Address already in use"
      })
  void theKernelsRefusalSurfacesByItsNumber(String message) {
    tally.fail(new IOException("no connection", new ConnectException(message)));
    assertThat(result().surfaced()).isOne();
    assertThat(result().failed()).isOne();
  }

  @Test
  void theKernelsRefusalSurfacesByItsType() {
    tally.fail(new IOException("no connection", new BindException("whatever the language")));
    assertThat(result().surfaced()).isOne();
  }

  @Test
  void anotherErrorDoesNotCountAsTheKernelsRefusal() {
    tally.fail(new ConnectException("Connection refused"));
    assertThat(result().surfaced()).isZero();
    assertThat(result().failed()).isOne();
  }

  @Test
  void aFailureIsMoreInterestingThanARefusal() {
    tally.fail(exhausted(Duration.ZERO, Duration.ofSeconds(1)));
    assertThat(result().firstError()).contains("no free local port");
    tally.fail(new IOException("something else"));
    assertThat(result().firstError()).isEqualTo("something else");
  }

  @Test
  void theFirstErrorIsKept() {
    tally.fail(new IOException("first"));
    tally.fail(new IOException("second"));
    assertThat(result().firstError()).isEqualTo("first");
    assertThat(tally.finished()).isEqualTo(2);
  }

  private PhaseResult result() {
    return tally.result(Phase.POOL, new Tally.Seen(0, 0, 0, 0));
  }

  private static PortsExhaustedException exhausted(Duration waited, @Nullable Duration estimate) {
    return new PortsExhaustedException(List.of(), waited, estimate);
  }
}
