package io.fourtuple.testkit;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

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
          "IdleList",
          "Outrun",
          "PoolConfig",
          "PoolCounters",
          "PoolSnapshot");

  private static final String[] OF_THE_JDK = {
    ConcurrentHashMap.class.getName(), LongAdder.class.getName()
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
        .addGuarantee(forClasses(UNDER_GUARD).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(UNDER_SECTION).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(OF_THE_JDK).allMethods().treatAsAtomic());
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
