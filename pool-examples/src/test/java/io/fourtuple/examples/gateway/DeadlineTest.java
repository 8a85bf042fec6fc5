package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  private static final long MILLIS = 100;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int late;
  private final Deadline deadline =
      new Deadline(channel.eventLoop(), TimeUnit.MILLISECONDS.toNanos(MILLIS), () -> late++);

  @BeforeEach
  void stopTheClock() {
    channel.freezeTime();
  }

  private int lateAfter(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runPendingTasks();
    return late;
  }

  @Test
  void runsOutOnceIfItIsSet() {
    assertThat(lateAfter(2 * MILLIS)).isZero();
    deadline.set();
    assertThat(lateAfter(MILLIS - 1)).isZero();
    assertThat(lateAfter(1)).isOne();
    assertThat(lateAfter(2 * MILLIS)).isOne();
  }

  @Test
  void isMovedOn() {
    deadline.set();
    for (int i = 0; i < 10; i++) {
      assertThat(lateAfter(MILLIS / 2)).isZero();
      deadline.set();
    }
    assertThat(lateAfter(MILLIS)).isOne();
  }

  @Test
  void doesNothingWhenItWasCleared() {
    deadline.set();
    deadline.clear();
    assertThat(lateAfter(2 * MILLIS)).isZero();
    deadline.set();
    assertThat(lateAfter(MILLIS)).isOne();
  }

  @Test
  void leavesNoTaskBehind() {
    deadline.set();
    deadline.end();
    assertThat(channel.hasPendingTasks()).isFalse();
    assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
  }
}
