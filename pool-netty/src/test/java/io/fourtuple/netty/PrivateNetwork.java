package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Runs a main class in a JVM of its own, in a network of its own: a user and network namespace with
 * nothing but a loopback device and the test's range of ephemeral ports.
 */
public final class PrivateNetwork {
  private PrivateNetwork() {}

  /**
   * Runs {@code main} and returns what it printed; fails where it does not end with 0. Skips the
   * test, with the reason, where the host allows no namespaces; fails it where {@code
   * fourtuple.it.required} is true.
   */
  public static List<String> run(Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run(line -> {}, main, arguments);
  }

  /** The same, and shows each line as soon as it is printed. */
  public static List<String> run(Consumer<String> show, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run("true", show, main, arguments);
  }

  /** The same, where the process may have so many files open. */
  static List<String> runWithFiles(int openFiles, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run("ulimit -n " + openFiles, line -> {}, main, arguments);
  }

  /** The same, and shows each line. */
  static List<String> runWithFiles(
      int openFiles, Consumer<String> show, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run("ulimit -n " + openFiles, show, main, arguments);
  }

  private static List<String> run(
      String setUp, Consumer<String> show, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    String reason = refusal();
    if (reason != null) {
      if (Boolean.getBoolean("fourtuple.it.required")) {
        fail("no private network: " + reason);
      }
      abort("no private network: " + reason);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ownFlags());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Process process = start(setUp, command);
    List<String> lines = lines(process, show);
    if (process.exitValue() != 0) {
      fail(
          main.getName() + " ended with " + process.exitValue() + ":\n" + String.join("\n", lines));
    }
    return lines;
  }

  /** Of this JVM: where its life is too short for C2 to pay, so is that of the one it starts. */
  private static List<String> ownFlags() {
    return ProcessHandle.current().info().arguments().stream()
        .flatMap(Arrays::stream)
        .filter(argument -> argument.startsWith("-XX:"))
        .toList();
  }

  private static String refusal() throws IOException, InterruptedException {
    try {
      Process process = start("true", List.of("true"));
      List<String> said = lines(process, line -> {});
      return process.exitValue() == 0 ? null : String.join(" ", said);
    } catch (IOException noSuchProgram) {
      return noSuchProgram.getMessage();
    }
  }

  private static Process start(String more, List<String> command) throws IOException {
    String setUp =
        "ip link set lo up && echo \"%s %s\" > /proc/sys/net/ipv4/ip_local_port_range && %s && exec \"$@\""
            .formatted(Way.EPHEMERAL.first(), Way.EPHEMERAL.last(), more);
    List<String> all = new ArrayList<>(List.of("unshare", "--user", "--net", "--map-root-user"));
    all.addAll(List.of("sh", "-c", setUp, "sh"));
    all.addAll(command);
    return new ProcessBuilder(all).redirectErrorStream(true).start();
  }

  /** All that it prints. Whoever is interrupted, by a time-out of a test, takes it along. */
  private static List<String> lines(Process process, Consumer<String> show)
      throws IOException, InterruptedException {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      CompletableFuture<List<String>> lines =
          CompletableFuture.supplyAsync(
              () -> output.lines().peek(show).toList(), task -> new Thread(task, "lines").start());
      try {
        process.waitFor();
      } catch (InterruptedException outOfTime) {
        process.destroyForcibly().waitFor();
      }
      return lines.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no end of what " + process + " prints", e);
    }
  }
}
