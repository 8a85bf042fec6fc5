package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Servers of this host. */
final class Programs {
  private static final Path DEBIANS_POSTGRES = Path.of("/usr/lib/postgresql");

  private Programs() {}

  /** Skips the test where the program is missing; fails it where all must run. */
  static void need(String name) {
    if (find(name).isPresent()) {
      return;
    }
    if (Boolean.getBoolean("fourtuple.it.required")) {
      fail("this test must run, and there is no " + name);
    }
    abort("no " + name + " on this host");
  }

  /** A Redis that forgets all, once it listens on loopback. */
  static Process redis(Path directory, int port) throws IOException {
    Process redis =
        new ProcessBuilder(
                path("redis-server").toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--save",
                "",
                "--protected-mode", // it would refuse all but 127.0.0.1
                "no")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("redis.log").toFile())
            .start();
    Await.until("Redis listens", () -> listens(port), redis::isAlive);
    return redis;
  }

  static Path path(String name) {
    return find(name).orElseThrow(() -> new IllegalStateException("no " + name));
  }

  /** In PATH, or where Debian has PostgreSQL's, the newest version first. */
  private static Optional<Path> find(String name) {
    Stream<Path> directories =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1)).map(Path::of);
    return Stream.concat(directories, postgresDirectories())
        .map(directory -> directory.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Stream<Path> postgresDirectories() {
    if (!Files.isDirectory(DEBIANS_POSTGRES)) {
      return Stream.of();
    }
    try (Stream<Path> versions = Files.list(DEBIANS_POSTGRES)) {
      return versions
          .sorted(Comparator.reverseOrder())
          .map(at -> at.resolve("bin"))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether somebody listens there on loopback. */
  static boolean listens(int port) {
    try (Socket probe = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
