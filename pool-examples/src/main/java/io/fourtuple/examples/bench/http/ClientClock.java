package io.fourtuple.examples.bench.http;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What this process has spent: processor time of all its threads but the compiler's, so the
 * collector's is in it, and bytes allocated by threads that still live.
 */
final class ClientClock {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** How the kernel shows compiler threads, which it cuts to 15 letters. */
  private static final List<String> COMPILERS = List.of("C1 Compiler", "C2 Compiler");

  private static final Path COUNTERS = Path.of("/proc/self/net/snmp");
  private static final String TCP = "Tcp: ";
  private static final String CONNECTS = "ActiveOpens";

  private static final Path PROCESS = Path.of("/proc/self/stat");

  /** Field 15 of proc(5), counted from the one that follows the name in parentheses. */
  private static final int KERNEL_TICKS = 12;

  /** USER_HZ is 100 wherever Java runs on Linux. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private Map<Long, Long> allocatedBefore = Map.of();
  private long cpuBefore;
  private long kernelBefore;
  private long connectsBefore;

  /**
   * What was spent between two moments.
   *
   * @param kernelNanos of the processor time, to 10 ms
   */
  record Spent(long cpuNanos, long kernelNanos, long bytes, long connects) {}

  void start() throws IOException {
    allocatedBefore = allocated();
    connectsBefore = connects();
    kernelBefore = kernel();
    cpuBefore = cpu();
  }

  Spent spent() throws IOException {
    long cpu = cpu() - cpuBefore;
    long kernel = kernel() - kernelBefore;
    long bytes = 0;
    for (Map.Entry<Long, Long> thread : allocated().entrySet()) {
      bytes += thread.getValue() - allocatedBefore.getOrDefault(thread.getKey(), 0L);
    }
    return new Spent(cpu, kernel, bytes, connects() - connectsBefore);
  }

  private long cpu() throws IOException {
    return system.getProcessCpuTime() - compilers();
  }

  private static long kernel() throws IOException {
    String line = Files.readString(PROCESS);
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[KERNEL_TICKS]) * NANOS_PER_TICK;
  }

  private static long compilers() throws IOException {
    long sum = 0;
    try (Stream<Path> tasks = Files.list(TASKS)) {
      for (Path task : tasks.toList()) {
        if (isCompiler(task)) {
          // Nanoseconds on a processor come first.
          sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
        }
      }
    }
    return sum;
  }

  private static boolean isCompiler(Path task) {
    try {
      String name = Files.readString(task.resolve("comm"));
      return COMPILERS.stream().anyMatch(name::startsWith);
    } catch (IOException e) {
      return false; // it has just ended, as compiler threads do not
    }
  }

  private Map<Long, Long> allocated() {
    long[] ids = threads.getAllThreadIds();
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    Map<Long, Long> all = new HashMap<>();
    for (int i = 0; i < ids.length; i++) {
      if (bytes[i] >= 0) { // -1 for one that has just ended
        all.put(ids[i], bytes[i]);
      }
    }
    return all;
  }

  /** Connects begun in this network, by whomever. */
  private static long connects() throws IOException {
    List<String> lines =
        Files.readAllLines(COUNTERS).stream().filter(line -> line.startsWith(TCP)).toList();
    int column = List.of(lines.get(0).split(" ")).indexOf(CONNECTS);
    return Long.parseLong(lines.get(1).split(" ")[column]);
  }
}
