package io.fourtuple.examples.bench.http;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one client did in one window.
 *
 * @param cpuNanos spent by the process, the compiler's threads aside
 * @param kernelNanos of them in the kernel, to 10 ms
 * @param bytes allocated
 * @param connects begun meanwhile
 * @param p99Nanos that 99 of 100 requests did not exceed
 */
record HttpFigures(
    long requests,
    long failures,
    long wallNanos,
    long cpuNanos,
    long kernelNanos,
    long bytes,
    long connects,
    long p99Nanos) {
  private static final double NANOS_PER_MICRO = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int FIELDS = 8;

  double cpuMicrosPerRequest() {
    return cpuNanos / NANOS_PER_MICRO / requests;
  }

  double kernelMicrosPerRequest() {
    return kernelNanos / NANOS_PER_MICRO / requests;
  }

  double requestsPerSecond() {
    return requests * NANOS_PER_SECOND / wallNanos;
  }

  double bytesPerRequest() {
    return (double) bytes / requests;
  }

  double p99Micros() {
    return p99Nanos / NANOS_PER_MICRO;
  }

  /** For the one that started this process. */
  String toLine() {
    return Stream.of(
            requests, failures, wallNanos, cpuNanos, kernelNanos, bytes, connects, p99Nanos)
        .map(String::valueOf)
        .collect(Collectors.joining(" "));
  }

  /**
   * Reads the last line of what such a process has printed.
   *
   * @throws IllegalArgumentException where it is none
   */
  static HttpFigures parse(String printed) {
    String line = printed.strip().lines().reduce("", (first, second) -> second);
    String[] parts = line.split(" ", -1);
    if (parts.length != FIELDS) {
      throw new IllegalArgumentException("figures must be 8 numbers, were: " + line);
    }
    long[] values = new long[FIELDS];
    for (int i = 0; i < FIELDS; i++) {
      values[i] = Long.parseLong(parts[i]);
    }
    return new HttpFigures(
        values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
  }
}
