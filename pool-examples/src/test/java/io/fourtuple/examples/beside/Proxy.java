package io.fourtuple.examples.beside;

import io.fourtuple.host.SocketTable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A contestant that runs. */
final class Proxy implements AutoCloseable {
  /** Of the kernel's clock in /proc, on all Linux that Java runs on. */
  private static final int MICROS_OF_A_TICK = 10_000;

  /** Threads of HotSpot. */
  private static final Pattern COMPILER = Pattern.compile("C[12] Compiler");

  private final Process process;

  private Proxy(Process process) {
    this.process = process;
  }

  /** Starts it; it listens when this returns. */
  static Proxy start(Contestant contestant, Setting at) throws IOException {
    Files.createDirectories(at.file("temp"));
    File said = at.file("output").toFile();
    Proxy proxy =
        new Proxy(
            new ProcessBuilder(contestant.command(at))
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start());
    Runtime.getRuntime().addShutdownHook(new Thread(proxy::kill, "end-proxy"));
    Pause.until(
        contestant + " listens",
        () -> {
          if (!proxy.process.isAlive()) {
            throw new IOException(contestant + " has ended: " + Files.readString(said.toPath()));
          }
          return SocketTable.read().listeners().contains(Plan.PROXY_PORT);
        });
    return proxy;
  }

  void signal(String name) throws IOException, InterruptedException {
    World.output(List.of("kill", "-" + name, Long.toString(process.pid())));
  }

  /** What it and its children have had so far. */
  Cpu cpu() throws IOException {
    long total = 0;
    long compiler = 0;
    List<Path> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants())
            .map(each -> Path.of("/proc", Long.toString(each.pid())))
            .toList();
    for (Path each : all) {
      total += ticks(each);
      try (Stream<Path> threads = Files.list(each.resolve("task"))) {
        for (Path thread : threads.toList()) {
          compiler += isCompiler(thread) ? ticks(thread) : 0;
        }
      } catch (NoSuchFileException e) {
        compiler += 0; // it has ended
      }
    }
    return new Cpu(total * MICROS_OF_A_TICK, compiler * MICROS_OF_A_TICK);
  }

  private static boolean isCompiler(Path thread) throws IOException {
    try {
      return COMPILER.matcher(Files.readString(thread.resolve("comm"))).lookingAt();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static long ticks(Path of) throws IOException {
    try {
      return ticks(Files.readString(of.resolve("stat")));
    } catch (NoSuchFileException e) {
      return 0; // it has ended
    }
  }

  /** User and system time, the 14th and 15th field; the second is a name in parentheses. */
  static long ticks(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Override
  public void close() {
    kill();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
