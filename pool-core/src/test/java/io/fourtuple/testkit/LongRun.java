package io.fourtuple.testkit;

import io.fourtuple.testkit.LongWorld.Shape;
import io.fourtuple.testkit.LongWorld.Tally;
import io.fourtuple.testkit.LongWorld.Weather;
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
 * 1 --episode 17}.
 */
public final class LongRun {
  private static final long LINE_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int SEED_STEP = 1_000_003;

  private final long operations;
  private final long seed;
  private final Ticker ticker = Ticker.system();
  private final long began = ticker.read();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<Weather, Integer> weathers = new TreeMap<>();
  private final Tally tally = new Tally();
  private long applied;
  private long nextLine = began + LINE_NANOS;
  private int nextEpisode;
  private boolean failed;

  private LongRun(long operations, long seed) {
    this.operations = operations;
    this.seed = seed;
  }

  /** Runs until all is done, or a world fails. */
  public static void main(String... arguments) {
    Map<String, Long> options =
        new TreeMap<>(Map.of("operations", 1_000_000L, "seed", 1L, "threads", 1L));
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
    LongRun run = new LongRun(options.get("operations"), seed);
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
  }

  /** One world of the run. */
  record Episode(int number, Shape shape, int steps) {
    /** Three of four are wide; by turns calm, with neighbours, and with switches. */
    static Episode of(long runSeed, int number) {
      long seed = runSeed * SEED_STEP + number;
      Weather weather = Weather.values()[number % 3];
      int checkEvery = number % 5 == 4 ? 100 : 1;
      return number % 4 == 3
          ? new Episode(number, new Shape(seed, 6, 16, 2, weather, checkEvery, 5_000), 100_000)
          : new Episode(
              number, new Shape(seed, 64, 1_000, 4, weather, checkEvery, 50_000), 300_000);
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
    return failed || applied >= operations ? null : Episode.of(seed, nextEpisode++);
  }

  private void run(Episode episode) {
    Shape shape = episode.shape;
    LongWorld world = new LongWorld(shape);
    Scenario.Generator<LongWorld> generator = LongOperations.generator(shape);
    SplittableRandom random = new SplittableRandom(shape.seed());
    Map<Class<?>, int[]> here = new HashMap<>();
    int since = 0;
    try {
      for (int i = 0; i < episode.steps; i++) {
        Operation<? super LongWorld> operation = generator.next(random);
        here.computeIfAbsent(operation.getClass(), c -> new int[1])[0]++;
        operation.apply(world);
        world.check();
        if (++since == 10_000) {
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

  private synchronized void add(Episode episode, Map<Class<?>, int[]> here, Tally other) {
    here.forEach((type, count) -> counts.merge(type.getSimpleName(), (long) count[0], Long::sum));
    weathers.merge(episode.shape.weather(), 1, Integer::sum);
    tally.add(other);
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
    double seconds = (ticker.read() - began) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%s: seed %d, %d operations in %.0f s (%.0f/s), %d episodes %s, most routes %d%n"
            + "  callers served %d, refused %d, gave up %d; demands granted %d; absorbed %d, surfaced"
            + " %d; worst route %s (%d refusals)%n  %s%n",
        state,
        seed,
        applied,
        seconds,
        applied / seconds,
        weathers.values().stream().mapToInt(n -> n).sum(),
        weathers,
        tally.mostRoutes,
        tally.served,
        tally.refused,
        tally.gaveUp,
        tally.granted,
        tally.absorbed,
        tally.surfaced,
        tally.worstRoute,
        tally.worstRefusals,
        counts);
  }
}
