package io.fourtuple.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
  private final VirtualTime time = new VirtualTime();
  private final List<String> ran = new ArrayList<>();

  @Test
  void tasksRunInOrderOfTimeThenOfScheduling() {
    time.schedule(() -> ran.add("c"), Duration.ofSeconds(2));
    time.schedule(() -> ran.add("a"), Duration.ofSeconds(1));
    time.schedule(() -> ran.add("b"), Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(2));
    assertThat(ran).containsExactly("a", "b", "c");
  }

  @Test
  void aTaskReadsTheMomentAtWhichItFellDue() {
    long start = time.read();
    List<Long> moments = new ArrayList<>();
    time.schedule(() -> moments.add(time.read() - start), Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(10));
    assertThat(moments).containsExactly(1_000_000_000L);
    assertThat(time.read() - start).isEqualTo(10_000_000_000L);
  }

  @Test
  void schedulingNeverRunsATaskAtOnce() {
    time.schedule(() -> ran.add("late"), Duration.ofSeconds(-1));
    assertThat(ran).isEmpty();
    time.runUntilIdle();
    assertThat(ran).containsExactly("late");
  }

  @Test
  void tasksScheduledByTasksRunInTheSameAdvance() {
    time.schedule(
        () -> time.schedule(() -> ran.add("second"), Duration.ofSeconds(1)), Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(2));
    assertThat(ran).containsExactly("second");
  }

  @Test
  void aCancelledTaskNeverRuns() {
    Cancellable task = time.schedule(() -> ran.add("never"), Duration.ofSeconds(1));
    task.cancel();
    time.advance(Duration.ofSeconds(2));
    assertThat(ran).isEmpty();
    assertThat(time.nextTaskIn()).isEmpty();
  }

  @Test
  void theTickWrapsAroundAndDeadlinesSurviveIt() {
    Deadline deadline = Deadline.after(time.read(), Duration.ofSeconds(5));
    time.advance(Duration.ofSeconds(4));
    assertThat(time.read()).isNegative();
    assertThat(deadline.isOver(time.read())).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(deadline.isOver(time.read())).isTrue();
  }

  @Test
  void tasksOfTheSurroundingsDoNotCountAsTheLibrarys() {
    time.surroundings().schedule(() -> ran.add("kernel"), Duration.ofSeconds(1));
    assertThatCode(time::assertNothingScheduled).doesNotThrowAnyException();
    time.schedule(() -> ran.add("pool"), Duration.ofSeconds(2));
    assertThat(time.nextTaskIn()).hasValue(2_000_000_000L);
    assertThatThrownBy(time::assertNothingScheduled).hasMessageContaining("PT2S");
    time.advance(Duration.ofSeconds(2));
    assertThat(ran).containsExactly("kernel", "pool");
  }

  @Test
  void endlessTasksAtOneInstantAreReported() {
    Runnable[] again = new Runnable[1];
    again[0] = () -> time.schedule(again[0], Duration.ZERO);
    again[0].run();
    assertThatThrownBy(time::runUntilIdle).hasMessageContaining("without end");
  }

  @Test
  void aTaskCannotAdvanceTime() {
    time.schedule(() -> time.advance(Duration.ofSeconds(1)), Duration.ZERO);
    assertThatThrownBy(time::runUntilIdle).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatATaskThrowsComesOutAndTimeGoesOn() {
    time.schedule(
        () -> {
          throw new IllegalArgumentException("boom");
        },
        Duration.ZERO);
    assertThatThrownBy(time::runUntilIdle).hasMessage("boom");
    time.schedule(() -> ran.add("after"), Duration.ZERO);
    time.runUntilIdle();
    assertThat(ran).containsExactly("after");
  }
}
