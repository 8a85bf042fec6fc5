package io.fourtuple.examples.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Processor time of all threads of this program that live at both ends of the time measured.
 * Compiler and collector threads are none of them.
 */
final class ThreadsClock {
  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  /** Nanoseconds so far. */
  long read() {
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      sum += Math.max(0, threads.getThreadCpuTime(id)); // -1 for one that has just ended
    }
    return sum;
  }
}
