package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.PoolCounters;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Loads pools of all ways for a given time, in a hard world, and compares the end with the
 * beginning: ports, heap, threads. Prints progress, and {@link #PASSED} as its last line.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What they do is seen.
final class SoakMain {
  static final String PASSED = "soak: passed";

  /** The end may exceed the beginning by so much. */
  static final long HEAP_MARGIN = 2 << 20;

  private static final int THREADS = 2;

  /** What a soak may take beyond its time: for a slow machine, and against hanging for ever. */
  private static final Duration GRACE = Duration.ofMinutes(8);

  private static final Duration WARM_UP = Duration.ofSeconds(3);

  private final SoakTally tally = new SoakTally();
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(THREADS, new DefaultThreadFactory("soak", true));
  private final ScheduledThreadPoolExecutor disturber =
      new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("disturber", true));
  private final EventLoopGroup servers =
      new MultiThreadIoEventLoopGroup(
          THREADS, new DefaultThreadFactory("back-ends", true), NioIoHandler.newFactory());
  private final List<SoakLane> lanes = new ArrayList<>();

  private SoakMain() {
    executor.setRemoveOnCancelPolicy(true);
    executor.prestartAllCoreThreads();
    disturber.prestartAllCoreThreads();
    for (Way way : Way.values()) {
      if (!way.isExclusive()) { // else each port would rest for a minute, and soon all of them
        lanes.add(new SoakLane(way, servers, executor, disturber, tally));
      }
    }
  }

  /**
   * Runs a soak.
   *
   * @param arguments how long, as {@link Duration#parse} reads it
   */
  public static void main(String[] arguments) {
    Duration duration = Duration.parse(arguments[0]);
    giveUpAfter(duration.plus(duration.dividedBy(10)).plus(GRACE));
    try {
      new SoakMain().run(duration);
      System.out.println(PASSED);
      System.exit(0);
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.exit(1);
    }
  }

  /** Ends the process, and says what its threads do, where it takes longer than that. */
  static void giveUpAfter(Duration most) {
    ScheduledThreadPoolExecutor watchdog =
        new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("watchdog", true));
    watchdog.schedule(
        () -> {
          System.out.println("not over after " + most + "; all threads:");
          Thread.getAllStackTraces()
              .forEach(
                  (thread, stack) ->
                      System.out.println(
                          thread + "\n    " + Arrays.toString(stack).replace(", ", "\n    ")));
          Runtime.getRuntime().halt(2);
        },
        most.toNanos(),
        TimeUnit.NANOSECONDS);
    watchdog.prestartAllCoreThreads();
  }

  private void run(Duration duration) throws Exception {
    // What is made once, and kept, is made here; a second is too short for it on a busy machine.
    Duration tenth = duration.dividedBy(10);
    load("warm-up", tenth.compareTo(WARM_UP) < 0 ? WARM_UP : tenth, 2);
    Remains before = Remains.look();
    System.out.println("soak: after the warm-up " + before);
    load("soak", duration, 20);
    SocketWorld.awaitUntil(
        "no more threads than after the warm-up: " + before.threads(),
        () -> Remains.namesOfThreads().size() <= before.threads().size(),
        Remains::namesOfThreads);
    Remains after = Remains.look();
    System.out.println("soak: at the end " + after);
    PoolCounters counters = tally.counters();
    System.out.println("soak: " + tally);
    System.out.println("soak: " + counters);
    System.out.printf(
        "soak: heap %+,d bytes (at most %+,d), instances of io.fourtuple %+,d%n",
        after.heap() - before.heap(), HEAP_MARGIN, after.instances() - before.instances());

    if (after.heap() > before.heap() + HEAP_MARGIN) {
      Remains.histogram().lines().limit(40).forEach(System.out::println);
    }

    lanes.forEach(SoakLane::close);
    assertThat(tally.faults()).isEmpty();
    assertThat(counters.surfaced()).as("surfaced").isZero();
    assertThat(counters.leaked()).as("leaked").isZero();
    assertThat(tally.ended.sum()).as("ended").isEqualTo(tally.asked.sum());
    assertThat(tally.answered.sum()).as("answered").isPositive();
    assertThat(counters.absorbed()).as("absorbed").isPositive();
    assertThat(tally.kills.sum()).as("kills").isPositive();
    assertThat(tally.reopened.sum()).as("reopened").isPositive();
    assertThat(after.heap()).as("heap").isLessThanOrEqualTo(before.heap() + HEAP_MARGIN);
  }

  /** Lasts longer where a slow machine has not let everything happen by then. */
  private void load(String name, Duration duration, int lines) throws Exception {
    lanes.forEach(SoakLane::start);
    CountDownLatch left = new CountDownLatch(lines);
    long period = duration.toNanos() / lines;
    var progress =
        disturber.scheduleAtFixedRate(
            () -> {
              left.countDown();
              System.out.printf(
                  "%s: %d %% of %s, %s%n",
                  name, 100 * (lines - left.getCount()) / lines, duration, tally);
            },
            period,
            period,
            TimeUnit.NANOSECONDS);
    left.await();
    progress.cancel(false);
    SocketWorld.awaitUntil(
        "all kinds of trouble on all ways",
        () -> lanes.stream().allMatch(SoakLane::hasSeenAll) && absorbed() > 0,
        () -> tally.kills.sum() + tally.reopened.sum());
    lanes.forEach(SoakLane::stop);
    for (SoakLane lane : lanes) {
      lane.end();
    }
  }

  private long absorbed() {
    return lanes.stream().mapToLong(lane -> lane.ledger.stats().absorbed()).sum();
  }
}
