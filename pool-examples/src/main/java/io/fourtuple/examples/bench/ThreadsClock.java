package io.fourtuple.examples.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/**
 * Processor time of all threads of this program, but for those that end meanwhile. Compiler and
 * collector threads are none of them.
 */
final class ThreadsClock {
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private Map<Long, Long> begin = Map.of();

  /** Begins to measure. */
  void start() {
    begin = read();
  }

  /** Nanoseconds since the start. */
  long spent() {
    long sum = 0;
    for (Map.Entry<Long, Long> thread : read().entrySet()) {
      sum += thread.getValue() - begin.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }

  private Map<Long, Long> read() {
    Map<Long, Long> times = new HashMap<>();
    for (long id : threads.getAllThreadIds()) {
      long time = threads.getThreadCpuTime(id);
      if (time >= 0) { // -1 for one that has just ended
        times.put(id, time);
      }
    }
    return times;
  }
}
