package io.fourtuple.netty.http;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of this host, in the foreground, until the test is over. */
@SuppressWarnings("try")
final class Program implements AutoCloseable {
  private final Process process;

  private Program(Process process) {
    this.process = process;
  }

  static boolean isThere(String name) {
    return find(name) != null;
  }

  /** Also where users other than root do not look. */
  private static Path find(String name) {
    String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /** Starts it, and waits until it listens on all these ports. */
  static Program start(Path directory, List<Integer> ports, String name, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(find(name).toString()));
    command.addAll(List.of(arguments));
    Path log = directory.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Setup.await(
        () -> name + " listens on " + ports + ": " + read(log),
        () -> ports.stream().allMatch(Program::listens));
    return new Program(process);
  }

  private static boolean listens(int port) {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() throws InterruptedException {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(ProcessHandle::destroy);
    }
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
