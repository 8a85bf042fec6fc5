package io.fourtuple.examples.bench;

import io.fourtuple.examples.bench.Contestant.Caller;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Acquire and release of an idle connection. A virtual machine meets one entrant only. */
public class PoolCycle {
  /** The benchmark. */
  @Benchmark
  public Object cycle(Player player) throws Exception {
    return player.caller.cycle();
  }

  /** What all threads share. */
  @State(Scope.Benchmark)
  public static class Arena {
    /** Whose pool. */
    @Param("FLOOR")
    public Entrant entrant = Entrant.FLOOR;

    /** Connections in the pool. */
    @Param("8")
    public int connections;

    Contestant contestant = new Floor();

    /** Fills the pool. */
    @Setup
    public void fill() throws Exception {
      contestant = entrant.with(connections);
    }

    /** Ends it. */
    @TearDown
    public void end() throws Exception {
      contestant.end();
    }
  }

  /** What each thread has. */
  @State(Scope.Thread)
  public static class Player {
    Caller caller = Object::new;

    /** Joins. */
    @Setup
    public void join(Arena arena) {
      caller = arena.contestant.caller();
    }
  }
}
