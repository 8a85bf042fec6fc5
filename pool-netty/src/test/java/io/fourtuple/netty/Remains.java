package io.fourtuple.netty;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * What a JVM has left when nothing is to do.
 *
 * @param heap bytes in use after a full collection
 * @param instances live objects of this library's classes
 * @param threads names of live threads
 */
record Remains(long heap, long instances, List<String> threads) {
  private static final int COLLECTIONS = 3;

  static Remains look() throws IOException {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
    }
    return new Remains(heap, countInstances(), namesOfThreads());
  }

  static List<String> namesOfThreads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().toList();
  }

  /** By the JDK's own tool: the first column that counts is the number of instances. */
  private static long countInstances() throws IOException {
    return histogram()
        .lines()
        .map(line -> line.trim().split("\\s+"))
        .filter(fields -> fields.length >= 4 && fields[3].startsWith("io.fourtuple."))
        .mapToLong(fields -> Long.parseLong(fields[1]))
        .sum();
  }

  /** The classes with the most live bytes first. */
  static String histogram() throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(ProcessHandle.current().pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }
}
