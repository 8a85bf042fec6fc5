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
  private final Deadline deadline = new Deadline(channel.eventLoop(), () -> late++);

  private void set(long millis) {
    deadline.set(TimeUnit.MILLISECONDS.toNanos(millis));
  }

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
    set(MILLIS);
    assertThat(lateAfter(MILLIS - 1)).isZero();
    assertThat(lateAfter(1)).isOne();
    assertThat(lateAfter(2 * MILLIS)).isOne();
  }

  @Test
  void isMovedOn() {
    set(MILLIS);
    for (int i = 0; i < 10; i++) {
      assertThat(lateAfter(MILLIS / 2)).isZero();
      set(MILLIS);
    }
    assertThat(lateAfter(MILLIS)).isOne();
  }

  @Test
  void maySoonerRunOutThanItWouldHave() {
    set(10 * MILLIS);
    set(MILLIS);
    assertThat(lateAfter(MILLIS)).isOne();
    assertThat(lateAfter(20 * MILLIS)).isOne();
  }

  @Test
  void mayLaterRunOutThanItWouldHave() {
    set(MILLIS);
    set(10 * MILLIS);
    assertThat(lateAfter(9 * MILLIS)).isZero();
    assertThat(lateAfter(MILLIS)).isOne();
  }

  @Test
  void doesNothingWhenItWasCleared() {
    set(MILLIS);
    deadline.clear();
    assertThat(lateAfter(2 * MILLIS)).isZero();
    set(MILLIS);
    assertThat(lateAfter(MILLIS)).isOne();
  }

  @Test
  void leavesNoTaskBehind() {
    set(MILLIS);
    deadline.end();
    assertThat(channel.hasPendingTasks()).isFalse();
    assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
  }
}
