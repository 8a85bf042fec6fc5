package io.fourtuple.testkit;

import io.fourtuple.testkit.LongShape.Weather;
import io.fourtuple.testkit.Scenario.Operation;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Random worlds one after the other until so many operations are applied: {@code --operations
 * 100000000 --seed 1 --threads 2}. Each world is an episode with a seed of its own, made from the
 * run's seed and its number, so that one that fails is run again and shortened alone: {@code --seed
 * 1 --episode 17}. After {@code --minutes 20} no further world is begun.
 */
public final class LongRun {
  private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int SEED_STEP = 1_000_003;
  private static final long TABLE_OPERATIONS = 10_000_000;
  private static final int FAULT_STEPS = 100_000;

  private final long operations;
  private final long seed;
  private final long end;
  private final Ticker ticker = Ticker.system();
  private final long began = ticker.read();
  private final LongTotals totals = new LongTotals();
  private long applied;
  private long nextLine = began + LINE_NANOS;
  private int nextEpisode;
  private int faultsFound;
  private long lastTable;
  private boolean failed;

  private LongRun(long operations, long seed, long minutes) {
    this.operations = operations;
    this.seed = seed;
    this.end = began + Duration.ofMinutes(minutes).toNanos();
  }

  /** Runs until all is done, or a world fails. */
  public static void main(String... arguments) {
    Map<String, Long> options =
        new TreeMap<>(
            Map.of("operations", 1_000_000L, "seed", 1L, "threads", 1L, "minutes", 10_000L));
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      options.put(arguments[i].replace("--", ""), Long.parseLong(arguments[i + 1]));
    }
    long seed = options.get("seed");
    Long one = options.get("episode");
    if (one != null) {
      Episode.of(seed, one.intValue()).replay().run();
      System.out.println("episode " + one + " of seed " + seed + " holds");
      return;
    }
    LongRun run = new LongRun(options.get("operations"), seed, options.get("minutes"));
    for (PlantedFault fault : PlantedFault.values()) {
      int steps = stepsUntilFound(fault, seed);
      System.out.println(fault + (steps < 0 ? " is not found" : " is found at step " + steps));
      run.faultsFound += steps < 0 ? 0 : 1;
    }
    int threads = options.get("threads").intValue();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      done.add(CompletableFuture.runAsync(run::work, executor));
    }
    executor.shutdown();
    try {
      done.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      System.out.println(e.getCause());
      System.exit(1);
    }
    run.report("done");
    run.table();
  }

  /** What comes of some worlds, one after the other, on this thread. */
  static List<String> rowsOf(List<Episode> worlds) {
    LongRun run = new LongRun(0, 0, 0);
    worlds.forEach(run::run);
    return run.totals.rows();
  }

  /** One world of the run. */
  record Episode(int number, LongShape shape, int steps) {
    /** Three of four are wide; by turns calm, with neighbours, and with switches. */
    static Episode of(long runSeed, int number) {
      long seed = runSeed * SEED_STEP + number;
      Weather weather = Weather.values()[number % 3];
      int checkEvery = number % 5 == 4 ? 100 : 1;
      return number % 4 == 3
          ? new Episode(number, new LongShape(seed, 6, 16, 2, weather, checkEvery, 20_000), 500_000)
          : new Episode(
              number, new LongShape(seed, 64, 1_000, 4, weather, checkEvery, 400_000), 2_000_000);
    }

    Scenario<LongWorld> replay() {
      return Scenario.replay(
          () -> new LongWorld(shape), LongOperations.generator(shape), shape.seed(), steps);
    }
  }

  private void work() {
    Episode episode;
    while ((episode = next()) != null) {
      run(episode);
    }
  }

  private synchronized @Nullable Episode next() {
    boolean enough = applied >= operations || ticker.read() - end >= 0;
    return failed || enough ? null : Episode.of(seed, nextEpisode++);
  }

  private void run(Episode episode) {
    LongShape shape = episode.shape;
    LongWorld world = new LongWorld(shape);
    Scenario.Generator<LongWorld> generator = LongOperations.generator(shape);
    SplittableRandom random = new SplittableRandom(shape.seed());
    Map<Class<?>, int[]> here = new HashMap<>();
    int since = 0;
    try {
      for (int i = 0; i < episode.steps; i++) {
        Operation<? super LongWorld> operation = generator.next(random);
        if (world.apply(operation)) {
          here.computeIfAbsent(operation.getClass(), c -> new int[1])[0]++;
          since++;
        }
        world.check();
        if (since == 10_000) {
          count(since);
          since = 0;
        }
      }
      world.finish();
    } catch (RuntimeException | AssertionError | StackOverflowError failure) {
      explain(episode, failure);
    }
    count(since);
    add(episode, here, world.tally);
  }

  private synchronized void count(int more) {
    applied += more;
    if (ticker.read() - nextLine >= 0) {
      nextLine += LINE_NANOS;
      report("running");
    }
  }

  private synchronized void add(Episode episode, Map<Class<?>, int[]> here, LongTally other) {
    totals.add(episode.shape.weather(), here, other);
    long tables = totals.operations() / TABLE_OPERATIONS;
    if (tables > lastTable) {
      lastTable = tables;
      table();
    }
  }

  private void explain(Episode episode, Throwable failure) {
    synchronized (this) {
      failed = true;
    }
    System.out.println("seed " + seed + ", episode " + episode + " fails: " + failure);
    System.out.println("shortening ...");
    episode.replay().run();
    throw new AssertionError("fails in a run, and not again", failure);
  }

  private synchronized void report(String state) {
    double seconds = seconds();
    System.out.printf(
        Locale.ROOT,
        "%s: seed %d, %d operations in %.0f s (%.0f/s), worlds %s, absorbed %d, surfaced %d%n",
        state,
        seed,
        applied,
        seconds,
        applied / seconds,
        totals.worlds(),
        totals.tally.absorbed,
        totals.tally.surfaced);
  }

  private double seconds() {
    return (ticker.read() - began) / 1e9;
  }

  /** Plants each fault in a small calm world; how many operations until it is found, -1 for not. */
  static int stepsUntilFound(PlantedFault fault, long seed) {
    LongShape shape = new LongShape(seed, 6, 16, 2, Weather.CALM, 1, 500);
    LongWorld world = new LongWorld(shape, fault.ledger(), fault.connector());
    Scenario.Generator<LongWorld> generator = LongOperations.generator(shape);
    SplittableRandom random = new SplittableRandom(seed);
    for (int step = 1; step <= FAULT_STEPS; step++) {
      try {
        world.apply(generator.next(random));
        world.check();
      } catch (AssertionError found) {
        return step;
      }
    }
    return -1;
  }

  /** What came of it, in Markdown. */
  private synchronized void table() {
    print(LongTotals.row("what", "how many"));
    print("| --- | ---: |");
    print(LongTotals.row("seed", seed));
    print(LongTotals.row("operations", totals.operations()));
    print(LongTotals.row("seconds", Math.round(seconds())));
    ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .ifPresent(cpu -> print(LongTotals.row("CPU seconds of the process", cpu.toSeconds())));
    totals.rows().forEach(LongRun::print);
    print(LongTotals.row("faults planted", PlantedFault.values().length));
    print(LongTotals.row("faults found", faultsFound));
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
