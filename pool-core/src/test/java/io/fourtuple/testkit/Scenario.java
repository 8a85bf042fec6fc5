package io.fourtuple.testkit;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A list of operations on a world that is checked after each of them. Random ones are told by their
 * seed; one that fails is shortened, and printed as code that can be pasted into a test.
 *
 * @param <W> the world
 */
public final class Scenario<W extends Scenario.World> {
  private static final int SHORTENING_RUNS = 2_000;

  /** So that a long one is shortened in minutes, though not to the shortest. */
  private static final long SHORTENING_STEPS = 50_000_000;

  private final String origin;
  private final Supplier<W> worlds;
  private final List<Operation<? super W>> operations;
  private long applied;

  private Scenario(String origin, Supplier<W> worlds, List<Operation<? super W>> operations) {
    this.origin = origin;
    this.worlds = worlds;
    this.operations = List.copyOf(operations);
  }

  /** What operations act on; made anew for each run, always in the same way. */
  public interface World {
    /** Fails where something is wrong at this moment. */
    void check();

    /** Ends everything, lets time pass, and fails where something is left. */
    void finish();
  }

  /**
   * One step; implemented by records of numbers and enums. It must make sense in every state, so
   * that others can be left out: "the n-th of those there are", and nothing where there are none.
   *
   * @param <W> the world
   */
  public interface Operation<W> {
    /** Does it. */
    void apply(W world);
  }

  /** Makes up the next operation. */
  @FunctionalInterface
  public interface Generator<W> {
    /** A random one. */
    Operation<? super W> next(SplittableRandom random);
  }

  /** The given operations. */
  public static <W extends World> Scenario<W> of(
      Supplier<W> worlds, List<? extends Operation<? super W>> operations) {
    return new Scenario<>("given operations", worlds, List.copyOf(operations));
  }

  /** The operations that {@code seed} makes: always the same for the same generator. */
  public static <W extends World> Scenario<W> replay(
      Supplier<W> worlds, Generator<W> generator, long seed, int steps) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Operation<? super W>> all = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      all.add(generator.next(random));
    }
    return new Scenario<>("seed " + seed + ", " + steps + " steps", worlds, all);
  }

  /** Runs it in a new world; fails with its origin and its shortened form. */
  public void run() {
    Failure failure = failureOf(operations);
    if (failure != null) {
      List<Operation<? super W>> shortened = shortened(failure);
      Failure last = failureOf(shortened);
      Throwable cause = last == null ? failure.cause : last.cause;
      throw new AssertionError(
          origin
              + ", fails at step "
              + failure.steps
              + "\nshortened to "
              + shortened.size()
              + " operations:\n"
              + script(shortened)
              + "\n"
              + cause,
          cause);
    }
  }

  /**
   * What went wrong, and after how many steps.
   *
   * @param steps all of them where it was found at the end
   */
  private record Failure(Throwable cause, int steps) {}

  private @Nullable Failure failureOf(List<Operation<? super W>> some) {
    W world = worlds.get();
    int steps = 0;
    try {
      for (Operation<? super W> operation : some) {
        steps++;
        applied++;
        operation.apply(world);
        world.check();
      }
      world.finish();
      return null;
    } catch (RuntimeException | AssertionError | StackOverflowError failure) {
      return new Failure(failure, steps);
    }
  }

  /** Leaves out ever smaller pieces while it still fails in the same way. */
  private List<Operation<? super W>> shortened(Failure failure) {
    List<Operation<? super W>> best = operations.subList(0, failure.steps);
    applied = 0;
    int runs = 0;
    int piece = Math.max(1, best.size() / 2);
    while (mayRunAgain(runs)) {
      boolean shorter = false;
      for (int from = 0; from < best.size() && mayRunAgain(runs); ) {
        List<Operation<? super W>> without = new ArrayList<>(best.subList(0, from));
        without.addAll(best.subList(Math.min(best.size(), from + piece), best.size()));
        runs++;
        Failure other = failureOf(without);
        if (other != null && isSame(failure.cause, other.cause)) {
          best = without.subList(0, other.steps);
          shorter = true;
        } else {
          from += piece;
        }
      }
      if (piece == 1 && !shorter) {
        break;
      }
      piece = Math.max(1, Math.min(piece, best.size()) / 2);
    }
    return best;
  }

  private boolean mayRunAgain(int runs) {
    return runs < SHORTENING_RUNS && applied < SHORTENING_STEPS;
  }

  /** The same check has failed, or the same exception came out of the same place. */
  private static boolean isSame(Throwable one, Throwable other) {
    return one.getClass() == other.getClass() && place(one).equals(place(other));
  }

  private static String place(Throwable failure) {
    for (StackTraceElement element : failure.getStackTrace()) {
      boolean tells = element.getClassName().startsWith("io.fourtuple");
      if (tells && !element.getMethodName().equals("require")) {
        return element.getClassName() + "." + element.getMethodName();
      }
    }
    return "";
  }

  private static String script(List<? extends Operation<?>> operations) {
    return operations.stream().map(Scenario::code).collect(Collectors.joining(",\n"));
  }

  private static String code(Operation<?> operation) {
    RecordComponent[] components = operation.getClass().getRecordComponents();
    if (components == null) {
      return operation.toString();
    }
    return Stream.of(components)
        .map(component -> value(operation, component))
        .collect(
            Collectors.joining(", ", "new " + operation.getClass().getSimpleName() + "(", ")"));
  }

  private static String value(Operation<?> operation, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      Object value = component.getAccessor().invoke(operation);
      return value instanceof Enum<?> constant
          ? constant.getDeclaringClass().getSimpleName() + "." + constant.name()
          : String.valueOf(value);
    } catch (ReflectiveOperationException e) {
      return "?";
    }
  }
}
