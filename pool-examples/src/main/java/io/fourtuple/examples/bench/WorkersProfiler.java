package io.fourtuple.examples.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time of the benchmark's own threads per operation. Compiler and collector threads, and
 * threads that a pool keeps for itself, are left out.
 */
public final class WorkersProfiler implements InternalProfiler {
  static final String CPU = "workers.cpu";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private Map<Long, Long> before = Map.of();

  /** For JMH. */
  public WorkersProfiler() {}

  @Override
  public String getDescription() {
    return "processor time of worker threads per operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = read();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long spent = 0;
    for (Map.Entry<Long, Long> thread : read().entrySet()) {
      spent += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    double each = (double) spent / Math.max(1, result.getMetadata().getAllOps());
    return List.of(new ScalarResult(CPU, each, "ns/op", AggregationPolicy.AVG));
  }

  private Map<Long, Long> read() {
    Map<Long, Long> spent = new HashMap<>();
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().contains("jmh-worker")) {
        spent.put(id, threads.getThreadCpuTime(id));
      }
    }
    return spent;
  }
}
