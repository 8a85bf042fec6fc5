package io.fourtuple.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemSchedulerTest {
  private final SystemScheduler scheduler = new SystemScheduler("scheduler-under-test");

  @AfterEach
  void close() {
    scheduler.close();
  }

  @Test
  void runsTasksOnADaemonThreadOfTheGivenName() {
    CompletableFuture<Thread> ranOn = new CompletableFuture<>();

    scheduler.schedule(() -> ranOn.complete(Thread.currentThread()), Duration.ZERO);

    assertThat(ranOn.join().getName()).isEqualTo("scheduler-under-test");
    assertThat(ranOn.join().isDaemon()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE})
  void runsATaskSoonYetNeverInsideTheCallForADelayOfZeroOrLess(long seconds) {
    CountDownLatch scheduled = new CountDownLatch(1);
    CompletableFuture<Boolean> ran = new CompletableFuture<>();

    scheduler.schedule(
        () -> {
          awaitQuietly(scheduled); // would never end inside of schedule
          ran.complete(true);
        },
        Duration.ofSeconds(seconds));
    scheduled.countDown();

    assertThat(ran.join()).isTrue();
  }

  @Test
  void runsTasksInTheOrderOfTheirDelays() {
    CountDownLatch allScheduled = new CountDownLatch(1);
    CompletableFuture<Void> done = new CompletableFuture<>();
    List<String> order = new ArrayList<>();

    scheduler.schedule(() -> awaitQuietly(allScheduled), Duration.ZERO);
    scheduler.schedule(() -> done.complete(null), Duration.ofMillis(3));
    scheduler.schedule(() -> order.add("second"), Duration.ofMillis(2));
    scheduler.schedule(() -> order.add("first"), Duration.ofMillis(1));
    allScheduled.countDown();
    done.join();

    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void takesADelayLongerThanItsScaleForNever() {
    AtomicBoolean ran = new AtomicBoolean();

    scheduler.schedule(() -> ran.set(true), Duration.ofSeconds(Long.MAX_VALUE));
    runSomething();

    assertThat(ran).isFalse();
  }

  @Test
  void runsWhatComesAfterTheLookout() {
    CompletableFuture<String> first = new CompletableFuture<>();

    scheduler.schedule(() -> first.complete("late"), Duration.ofMillis(300));
    scheduler.schedule(() -> first.complete("early"), Duration.ofMillis(150));

    assertThat(first.join()).isEqualTo("early");
  }

  @Test
  void timeOutsThatAreCancelledDoNotWakeTheThread() {
    CompletableFuture<Thread> ranOn = new CompletableFuture<>();
    scheduler.schedule(() -> ranOn.complete(Thread.currentThread()), Duration.ZERO);
    long thread = ranOn.join().getId();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long waitsBefore = threads.getThreadInfo(thread).getWaitedCount();
    long begin = System.nanoTime();

    for (int i = 0; i < 20_000; i++) {
      scheduler.schedule(() -> {}, Duration.ofSeconds(2)).cancel();
    }

    long waits = threads.getThreadInfo(thread).getWaitedCount() - waitsBefore;
    long lookouts = (System.nanoTime() - begin) / 100_000_000 + 1; // one after the other
    assertThat(waits).isLessThanOrEqualTo(2 * lookouts + 2); // when one is made, and when it is due
  }

  @Test
  void doesNotRunWhatWasCancelled() {
    AtomicBoolean ran = new AtomicBoolean();
    CountDownLatch cancelled = new CountDownLatch(1);

    scheduler.schedule(() -> awaitQuietly(cancelled), Duration.ZERO);
    scheduler.schedule(() -> ran.set(true), Duration.ZERO).cancel();
    cancelled.countDown();
    runSomething();

    assertThat(ran).isFalse();
  }

  @Test
  void goesOnAfterATaskThatFails() {
    scheduler.schedule(
        () -> {
          throw new IllegalStateException("this failure is part of the test");
        },
        Duration.ZERO);

    assertThat(runSomething()).isTrue();
  }

  @Test
  void neverRunsWhatIsScheduledAfterItIsClosed() {
    AtomicBoolean ran = new AtomicBoolean();
    CompletableFuture<Thread> only = new CompletableFuture<>();
    scheduler.schedule(() -> only.complete(Thread.currentThread()), Duration.ZERO);
    Thread thread = only.join();

    scheduler.close();
    scheduler.schedule(() -> ran.set(true), Duration.ZERO).cancel();
    scheduler.schedule(() -> ran.set(true), Duration.ZERO);
    joinQuietly(thread); // there is no other to run it

    assertThat(ran).isFalse();
    assertThat(thread.isAlive()).isFalse();
  }

  private boolean runSomething() {
    CompletableFuture<Boolean> ran = new CompletableFuture<>();
    scheduler.schedule(() -> ran.complete(true), Duration.ZERO);
    return ran.join();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
