package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.PoolCounters;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Bad days, by a plan: see {@link ChaosKind}. Prints progress, a table of what has happened, and
 * {@link #PASSED} as its last line; or what was wrong, and the plan. Needs a private network.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What they do is seen.
final class ChaosMain {
  static final String PASSED = "chaos: passed";

  private static final List<Way> WAYS =
      List.of(
          Way.NIO_OWNED, Way.EPOLL_OWNED, Way.EPOLL_PINNED, Way.EPOLL_KERNEL, Way.IO_URING_PINNED);

  private static final Duration GRACE = Duration.ofMinutes(4);
  private static final int PROGRESS_SECONDS = 10;
  private static final int LOOK_MILLIS = 500;
  private static final int RECOVERY_MILLIS = 5;
  private static final long EVENTS_MILLIS = 120_000;

  /** Most of them after 100 ms. */
  private static final int LOOKS_WITHOUT_PROGRESS = 1_200;

  private final ScheduledThreadPoolExecutor executor = executor("callers", 2);
  private final ScheduledThreadPoolExecutor disturber = executor("disturber", 1);
  private final ScheduledThreadPoolExecutor looker = executor("looker", 1);
  private final EventLoopGroup servers =
      new MultiThreadIoEventLoopGroup(
          2, new DefaultThreadFactory("back-ends", true), NioIoHandler.newFactory());
  private final ChaosNetwork network = new ChaosNetwork();
  private final List<ChaosLane> lanes = new ArrayList<>();
  private final ChaosDay.Counts counts = new ChaosDay.Counts();
  private final ChaosPlan plan;

  private ChaosMain(int seconds, long seed, List<Way> ways) throws IOException {
    Sysctl.localPortRange(ChaosLane.EPHEMERAL);
    // As on a host that closes a lot: the kernel gives a port that rests to another connection.
    Sysctl.TIME_WAIT_REUSE.write("1");
    for (Way way : ways) {
      lanes.add(new ChaosLane(way, network, servers, executor));
    }
    plan = ChaosPlan.of(seed, seconds, lanes.size());
  }

  private static ScheduledThreadPoolExecutor executor(String name, int threads) {
    ScheduledThreadPoolExecutor made =
        new ScheduledThreadPoolExecutor(threads, new DefaultThreadFactory(name, true));
    made.setRemoveOnCancelPolicy(true);
    made.prestartAllCoreThreads();
    return made;
  }

  /**
   * Runs bad days.
   *
   * @param arguments seconds, seed, and the ways; without, those that are here
   */
  public static void main(String[] arguments) {
    int seconds = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    SoakMain.giveUpAfter(Duration.ofSeconds(2L * seconds).plus(GRACE));
    ChaosPlan plan = null;
    // Ports run short, and endpoints go down, on purpose.
    System.setProperty("org.slf4j.simpleLogger.log.io.fourtuple.pool.TroubleLog", "off");
    try {
      loadClasses();
      List<Way> ways =
          arguments.length > 2
              ? Stream.of(arguments).skip(2).map(Way::valueOf).toList()
              : WAYS.stream()
                  .filter(way -> ChannelTransport.missing(way.transport) == null)
                  .toList();
      System.out.println("chaos: seed " + seed + ", " + seconds + " s, " + ways);
      ChaosMain main = new ChaosMain(seconds, seed, ways);
      plan = main.plan;
      main.run();
      System.out.println(PASSED);
      System.exit(0);
    } catch (Throwable e) {
      e.printStackTrace(System.out);
      System.out.println(plan);
      System.out.println("chaos: failed with seed " + seed);
      System.exit(1);
    }
  }

  /** A directory of classes costs a file for each; where none is left, a class would be lost. */
  private static void loadClasses() throws IOException, ClassNotFoundException {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path directory = Path.of(entry);
      if (Files.isDirectory(directory)) {
        List<String> names;
        try (Stream<Path> files = Files.walk(directory)) {
          names =
              files
                  .map(file -> directory.relativize(file).toString())
                  .filter(file -> file.startsWith("io") && file.endsWith(".class"))
                  .map(file -> file.replace(".class", "").replace(File.separatorChar, '.'))
                  .filter(
                      name -> name.matches("io\\.fourtuple\\.(netty|pool|port|host|time)\\.[^.]*"))
                  .toList();
        }
        for (String name : names) {
          Class.forName(name, false, ChaosMain.class.getClassLoader());
        }
      }
    }
  }

  private void run() throws Exception {
    looker.scheduleAtFixedRate(
        () -> System.out.println("chaos: " + this),
        PROGRESS_SECONDS,
        PROGRESS_SECONDS,
        TimeUnit.SECONDS);
    Remains before = null;
    for (int i = 0; i < plan.days().size(); i++) {
      Remains after = day(plan.days().get(i), before);
      System.out.printf(
          Locale.ROOT,
          "chaos: day %d of %d ends with %,d bytes of heap, %,d instances, %d threads, %d files%n",
          i,
          plan.days().size() - 1,
          after.heap(),
          after.instances(),
          after.threads().size(),
          Remains.sum(after.files()));
      before = before == null ? after : before;
    }
    looker.shutdown();
    lanes.forEach(ChaosLane::close);
    for (ChaosLane lane : lanes) {
      assertThat(Agreement.settle(lane::atRest, LOOKS_WITHOUT_PROGRESS)).isEmpty();
    }
    report();
    for (ChaosKind kind : ChaosKind.values()) {
      assertThat(counts.happened.getOrDefault(kind, 0)).as("%s", kind).isPositive();
    }
    for (ChaosLane lane : lanes) {
      assertThat(lane.tally.answered.sum()).as("answered on %s", lane.way).isPositive();
    }
  }

  /**
   * Loads, disturbs, looks.
   *
   * @return what is left afterwards
   */
  private Remains day(ChaosPlan.Day day, Remains before) throws Exception {
    lanes.forEach(ChaosLane::start);
    ChaosDay events = new ChaosDay(day, lanes, disturber, counts);
    List<String> found = new ArrayList<>();
    var looks =
        looker.scheduleWithFixedDelay(
            () -> lanes.forEach(lane -> found.addAll(lane.always())),
            LOOK_MILLIS,
            LOOK_MILLIS,
            TimeUnit.MILLISECONDS);
    var recoveries =
        looker.scheduleWithFixedDelay(
            counts.recovery::look, RECOVERY_MILLIS, RECOVERY_MILLIS, TimeUnit.MILLISECONDS);
    List<String> faults = events.await(day.millis() + EVENTS_MILLIS);
    looks.cancel(false);
    recoveries.cancel(false);
    counts.recovery.forget();
    looker.submit(() -> {}).get(); // the last look is over
    lanes.forEach(ChaosLane::stop);
    assertThat(faults).isEmpty();
    assertThat(found.stream().distinct().limit(20)).isEmpty();
    for (ChaosLane lane : lanes) {
      assertThat(Agreement.settle(lane::atRest, LOOKS_WITHOUT_PROGRESS)).isEmpty();
      assertThat(lane.always()).isEmpty();
    }
    for (ChaosLane lane : lanes) {
      assertThat(Agreement.settle(lane::open, LOOKS_WITHOUT_PROGRESS)).isEmpty();
    }
    network.nameServer.asked.clear();
    if (before == null) {
      return Remains.look();
    }
    assertThat(Agreement.settle(() -> leftOpen(before), LOOKS_WITHOUT_PROGRESS)).isEmpty();
    Remains after = Remains.look();
    if (after.heap() > before.heap() + SoakMain.HEAP_MARGIN) {
      Remains.histogram().lines().limit(40).forEach(System.out::println);
    }
    assertThat(ChaosOracle.leftInMemory(before, after)).isEmpty();
    return after;
  }

  private static List<String> leftOpen(Remains before) {
    try {
      return ChaosOracle.leftOpen(before, Remains.namesOfThreads(), Remains.filesByKind());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void report() {
    SoakTally all = new SoakTally();
    PoolCounters counters = new PoolCounters(0, 0, 0, 0, 0, 0, 0, 0);
    for (ChaosLane lane : lanes) {
      all.add(lane.tally);
      counters = SoakTally.sum(counters, lane.tally.counters()); // its pools are closed
    }
    row("acquires asked", all.asked.sum());
    row("acquires ended", all.ended.sum());
    row("leases", counters.acquired());
    row("requests answered", all.answered.sum());
    row("requests not answered", all.unanswered.sum());
    all.refusals().forEach((why, count) -> row("refused with `" + why + "`", count));
    row("connections opened", counters.opened());
    row("connects failed", counters.connectFailed());
    row("events", counts.happened.values().stream().mapToInt(i -> i).sum());
    row("events without a file to begin", counts.couldNot.values().stream().mapToInt(i -> i).sum());
    row("refusals of the kernel, absorbed", counters.absorbed());
    row("refusals of the kernel, surfaced", counters.surfaced());
    for (ChaosKind kind : ChaosKind.values()) {
      System.out.printf(
          "| `%s` | %d | %s |%n",
          kind, counts.happened.getOrDefault(kind, 0), counts.recovery.of(kind));
    }
  }

  private static void row(String what, long count) {
    System.out.printf(Locale.ROOT, "| %s | %,d |%n", what, count);
  }

  /** What the callers have met so far. */
  @Override
  public String toString() {
    SoakTally all = new SoakTally();
    lanes.forEach(lane -> all.add(lane.tally));
    return all.toString();
  }
}
