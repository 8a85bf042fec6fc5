package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.slf4j.Logger;

/** Main classes of the tests, each run in a JVM of its own. */
public final class ChildJvm {
  private static final int MOST_SECONDS = 60;

  private ChildJvm() {}

  /**
   * Runs one and returns what it printed; fails where it does not end with 0.
   *
   * @param directory for the output
   * @param options of the JVM
   */
  public static String run(Path directory, List<String> options, Class<?> main, String... arguments)
      throws Exception {
    Outcome outcome = run(directory, java(options, main, arguments));
    assertThat(outcome.exitCode).as(outcome.output).isZero();
    return outcome.output;
  }

  /**
   * The same in a network namespace of its own. Skips the test where the host allows no namespaces,
   * unless {@code fourtuple.it.required} is true.
   *
   * @param directory for the output
   * @param setup commands of the shell that come first, inside
   */
  static String inNamespace(Path directory, String setup, Class<?> main, String... arguments)
      throws Exception {
    Outcome trial = run(directory, inShell(setup, List.of()));
    if (!Boolean.getBoolean("fourtuple.it.required")) {
      assumeTrue(trial.exitCode == 0, () -> "no private network namespace: " + trial.output);
    }
    assertThat(trial.exitCode).as(trial.output).isZero();

    List<String> command = java(List.of(), main, arguments);
    Outcome outcome = run(directory, inShell(setup + " && exec \"$@\"", command));
    assertThat(outcome.exitCode).as(outcome.output).isZero();
    return outcome.output;
  }

  private record Outcome(int exitCode, String output) {}

  private static List<String> java(List<String> options, Class<?> main, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> inShell(String script, List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("unshare", "-Urn", "sh", "-c", script, "sh"));
    command.addAll(arguments);
    return command;
  }

  private static Outcome run(Path directory, List<String> command) throws Exception {
    Path output = directory.resolve("output");
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
    } catch (IOException e) {
      return new Outcome(-1, e.toString());
    }
    try {
      boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
      return new Outcome(ended ? process.exitValue() : -1, Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }

  private static String classPath() throws Exception {
    String target = Path.of(System.getProperty("basedir", "."), "target").toString();
    List<String> path = new ArrayList<>(List.of(target + "/classes", target + "/test-classes"));
    for (Class<?> library : List.of(Logger.class, Assertions.class)) {
      CodeSource source = library.getProtectionDomain().getCodeSource();
      path.add(Path.of(source.getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, path);
  }
}
