package io.fourtuple.testkit;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionResult;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Options;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.verifier.LinearizabilityVerifier;
import org.jetbrains.lincheck.datastructures.verifier.Verifier;
import org.jspecify.annotations.Nullable;

/**
 * How deep Lincheck looks: a few seconds for each test, or as long as {@code fourtuple.lincheck}
 * says, a factor on the number of scenarios.
 */
public final class Depth {
  private static final int FACTOR = Integer.getInteger("fourtuple.lincheck", 1);

  /**
   * When one run counts as hung. The first one includes Lincheck's work on each class that it
   * meets, which takes seconds, and longer than Lincheck's own bound on a busy machine.
   */
  private static final long PATIENCE_MILLIS = 120_000;

  /**
   * After so many rounds a loop counts as one that waits for another thread, so that a switch is
   * forced. Lincheck's own bounds are below the number of places on all shelves: it looked at them,
   * switched before the threads had parted, and then tried no switch at all.
   */
  private static final int ROUNDS = 1_000;

  /**
   * What is called under {@code Guard} alone, or has no state that changes. A switch to another
   * thread in there tells nothing new, and to follow each of its steps takes most of the time.
   */
  private static final String[] UNDER_GUARD =
      named(
          "io.fourtuple.port.",
          "Addresses",
          "Alarm",
          "CapSlots",
          "Demands",
          "Dispenser",
          "Distrust",
          "Endpoint",
          "ExpiryQueue",
          "ExternalCap",
          "ForeignPorts",
          "Holds",
          "HostLimits",
          "PortBudget",
          "PortCensus",
          "PortLayout",
          "PortRange",
          "PortSet",
          "PortState",
          "PortTable",
          "PortViews",
          "Reports",
          "Rests",
          "Route",
          "RouteBook",
          "RoutePorts",
          "SourceAddress");

  /** Likewise under a {@code Section} alone, with what does not change. */
  private static final String[] UNDER_SECTION =
      named(
          "io.fourtuple.pool.",
          "ConnectionState",
          "Counters",
          "Destination",
          "DestinationSnapshot",
          "EndpointHealth",
          "EndpointPool",
          "EndpointSnapshot",
          "Endpoints",
          "IdleList",
          "Outrun",
          "PoolConfig",
          "PoolCounters",
          "PoolSnapshot",
          "WaitQueue");

  private static final String[] OF_THE_JDK = {
    ConcurrentHashMap.class.getName(),
    ConcurrentHashMap.class.getName() + "$BaseIterator",
    ConcurrentHashMap.class.getName() + "$Traverser",
    LongAdder.class.getName()
  };

  private Depth() {}

  private static String[] named(String prefix, String... names) {
    return Stream.of(names).map(name -> prefix + name).toArray(String[]::new);
  }

  /**
   * Every switch between threads is tried that fits.
   *
   * @param scenarios how many, without the factor
   * @param runs of each
   */
  public static ModelCheckingOptions modelChecking(int scenarios, int runs) {
    return new ModelCheckingOptions()
        .iterations(scenarios * FACTOR)
        .invocationsPerIteration(runs)
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(2)
        .actorsAfter(1)
        .invocationTimeout$lincheck(PATIENCE_MILLIS)
        .loopIterationsBeforeThreadSwitch(ROUNDS)
        .loopBound(ROUNDS)
        .addGuarantee(oneStep("io.fourtuple.pool.Shelves", "idle")) // to be taken afterwards
        .addGuarantee(oneStep("io.fourtuple.pool.Section", "afterwards"))
        .addGuarantee(oneStep(ReentrantLock.class.getName(), "getHoldCount"))
        .addGuarantee(oneStep(ReentrantLock.class.getName() + "$NonfairSync", "initialTryLock"))
        .addGuarantee(oneStep(ReentrantLock.class.getName() + "$Sync", "tryRelease"))
        .addGuarantee(forClasses(UNDER_GUARD).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(UNDER_SECTION).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(OF_THE_JDK).allMethods().treatAsAtomic());
  }

  private static ManagedStrategyGuarantee oneStep(String type, String method) {
    return forClasses(type).methods(method).treatAsAtomic();
  }

  /** Threads that really run side by side; the numbers as above. */
  public static StressOptions stress(int scenarios, int runs) {
    return new StressOptions()
        .iterations(scenarios * FACTOR)
        .invocationsPerIteration(runs)
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(3)
        .actorsAfter(1)
        .invocationTimeout$lincheck(PATIENCE_MILLIS);
  }

  /**
   * Checks a test.
   *
   * @return how often each program was run: those that are given first, in their order. Model
   *     checking ends a program early where there is no further switch to try, or where Lincheck
   *     sees none
   */
  public static <T extends Options<T, ?>> List<Integer> check(Class<?> test, T options) {
    Counting.runs.clear();
    options.verifier(Counting.class).check(test);
    return List.copyOf(Counting.runs);
  }

  /** Lincheck's own verifier, which sees the results of each run once. */
  public static final class Counting implements Verifier {
    private static final List<Integer> runs = new ArrayList<>();
    private static @Nullable ExecutionScenario program;
    private final Verifier verifier;

    public Counting(Class<?> specification) {
      verifier = new LinearizabilityVerifier(specification);
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the same program again is another one
    public boolean verifyResults(ExecutionScenario scenario, ExecutionResult results) {
      if (program != scenario) {
        program = scenario;
        runs.add(0);
      }
      runs.set(runs.size() - 1, runs.get(runs.size() - 1) + 1);
      return verifier.verifyResults(scenario, results);
    }
  }

  /**
   * A program to try besides those that are made up. Its calls are written as {@code "acquire 1;
   * close"}: operations with their numbers.
   */
  public static ExecutionScenario race(
      Class<?> test, String before, String one, String another, String after) {
    return new ExecutionScenario(
        calls(test, before),
        List.of(calls(test, one), calls(test, another)),
        calls(test, after),
        null);
  }

  private static List<Actor> calls(Class<?> test, String program) {
    return Stream.of(program.split(";"))
        .map(String::strip)
        .filter(call -> !call.isEmpty())
        .map(call -> call(test, call.split(" ")))
        .toList();
  }

  private static Actor call(Class<?> test, String[] words) {
    List<Integer> numbers = Stream.of(words).skip(1).map(Integer::valueOf).toList();
    Class<?>[] types = numbers.stream().map(number -> int.class).toArray(Class<?>[]::new);
    try {
      return new Actor(test.getMethod(words[0], types), numbers);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(words[0], e);
    }
  }
}
