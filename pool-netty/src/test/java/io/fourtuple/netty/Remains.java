package io.fourtuple.netty;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a JVM has left when nothing is to do.
 *
 * @param heap bytes in use after a full collection
 * @param instances live objects of this library's classes
 * @param threads names of live threads
 * @param files how many are open of each kind, without archives of classes
 */
record Remains(long heap, long instances, List<String> threads, Map<String, Integer> files) {
  private static final int COLLECTIONS = 3;

  static Remains look() throws IOException {
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
    }
    return new Remains(heap, countInstances(), namesOfThreads(), filesByKind());
  }

  static int sum(Map<String, Integer> files) {
    return files.values().stream().mapToInt(Integer::intValue).sum();
  }

  static List<String> namesOfThreads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().toList();
  }

  static Map<String, Integer> filesByKind() throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path each : descriptors) {
        try {
          String file = Files.readSymbolicLink(each).toString();
          if (!file.endsWith(".jar") && !file.endsWith("/modules")) {
            files.merge(file.replaceAll(":\\[\\d+]", ""), 1, Integer::sum);
          }
        } catch (NoSuchFileException closedMeanwhile) {
          // Not open.
        }
      }
    }
    return files;
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
    try (InputStream output = jcmd.getInputStream()) {
      jcmd.getOutputStream().close();
      return new String(output.readAllBytes(), StandardCharsets.US_ASCII);
    } finally {
      jcmd.getErrorStream().close();
    }
  }
}
