package io.fourtuple.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectFailure.Kind;
import io.fourtuple.pool.ScriptedConnector.Attempt;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connects that were begun before an endpoint was taken for down say nothing about it since. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of the callers is not the question
class OutageTest {
  private static final Endpoint ONE = Endpoint.of("10.1.0.1", 80);
  private static final Endpoint OTHER = Endpoint.of("10.1.0.2", 80);
  private static final Destination BOTH = Destination.of("both", ONE, OTHER);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);

  private final ScriptedConnector connector = new ScriptedConnector();
  private final ConnectionPool<Integer> pool =
      ConnectionPool.builder(connector)
          .random(new SplittableRandom(1))
          .failuresUntilDown(1)
          .backOff(BACK_OFF, BACK_OFF)
          .slowStart(Duration.ZERO)
          .build();

  /** How a connect may end. */
  private enum Outcome {
    SUCCEEDED,
    FAILED,
    NO_PORT,
    CANCELLED
  }

  private List<Attempt> pendingTo(Endpoint endpoint) {
    return connector.pending.stream()
        .filter(attempt -> attempt.reservation().route().endpoint().equals(endpoint))
        .toList();
  }

  private void end(Attempt attempt, Outcome how) {
    assertThat(connector.pending.remove(attempt)).isTrue();
    switch (how) {
      case SUCCEEDED -> attempt.succeed();
      case FAILED -> attempt.fail(Kind.ENDPOINT, Ending.CONNECT_FAILED);
      case NO_PORT -> attempt.fail(Kind.LOCAL_PORT, Ending.PORT_TAKEN);
      case CANCELLED -> attempt.fail(Kind.CANCELLED, Ending.CONNECT_FAILED);
    }
  }

  private void call(int callers) {
    for (int i = 0; i < callers; i++) {
      pool.acquireAsync(BOTH, LONG);
    }
  }

  /** An endpoint that is down, with a connect from before, and one that finds out. */
  private Attempt begunBefore() {
    call(20);
    List<Attempt> before = pendingTo(ONE);
    assertThat(before).hasSizeGreaterThan(2);
    Attempt kept = before.get(0);
    for (Attempt attempt : before.subList(1, before.size())) {
      end(attempt, Outcome.FAILED);
    }
    assertThat(isDown()).isTrue();
    connector.time.advance(BACK_OFF.multipliedBy(2));
    call(20);
    assertThat(pendingTo(ONE)).as("the one from before, and the probe").hasSize(2).contains(kept);
    return kept;
  }

  private boolean isDown() {
    return pool.snapshot().destinations().get(0).endpoints().get(0).isDown();
  }

  private Attempt probe(Attempt before) {
    List<Attempt> pending = new ArrayList<>(pendingTo(ONE));
    pending.remove(before);
    assertThat(pending).hasSize(1);
    return pending.get(0);
  }

  @ParameterizedTest
  @EnumSource
  void noSecondProbeBeginsBesideTheFirst(Outcome outcome) {
    Attempt before = begunBefore();
    Attempt probe = probe(before);

    end(before, outcome);
    call(20);
    connector.time.advance(BACK_OFF.multipliedBy(2));
    call(20);

    assertThat(pendingTo(ONE)).containsExactly(probe);
  }

  @ParameterizedTest
  @EnumSource
  void theProbeTellsWhatCameBefore(Outcome outcome) {
    Attempt before = begunBefore();
    Attempt probe = probe(before);
    end(before, outcome);
    assertThat(isDown()).isTrue();

    end(probe, Outcome.SUCCEEDED);

    assertThat(isDown()).isFalse();
  }

  @Test
  void aFailureFromBeforeIsNotHeldAgainstOneThatIsBack() {
    Attempt before = begunBefore();
    end(probe(before), Outcome.SUCCEEDED);

    end(before, Outcome.FAILED);

    assertThat(isDown()).isFalse();
  }
}
