package io.fourtuple.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks programs of the operating system, which say what no file does. */
final class SystemPrograms {
  private static final int MOST_SECONDS = 5;
  private static final int MOST_BYTES = 64 << 10;
  private static final int LOOK_MILLIS = 10;

  private SystemPrograms() {}

  /** How one is asked; tests answer themselves. */
  @FunctionalInterface
  interface Programs {
    /**
     * What it prints.
     *
     * @throws IOException where it is not there, fails, does not end, or says too much
     */
    String output(List<String> command) throws IOException;
  }

  /** Runs it, without a shell, and for {@value #MOST_SECONDS} seconds at most. */
  static String run(List<String> command) throws IOException {
    return run(command, Duration.ofSeconds(MOST_SECONDS));
  }

  /** The same, for as long as is said. Ends the program and all that it has started, if need be. */
  static String run(List<String> command, Duration atMost) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream in = process.getInputStream()) {
      process.getOutputStream().close();
      byte[] said = whatItSays(process, in, atMost.toMillis() / LOOK_MILLIS, command.get(0));
      if (process.exitValue() != 0) {
        throw new IOException(command.get(0) + " ended with " + process.exitValue());
      }
      return new String(said, StandardCharsets.ISO_8859_1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /**
   * Never waits for the output: it may not come, nor end, be it that the program has handed it on
   * to another one.
   */
  private static byte[] whatItSays(Process process, InputStream in, long looks, String name)
      throws IOException, InterruptedException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    for (long look = 0; look < looks; look++) {
      boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      for (int there = in.available(); there > 0; there = in.available()) {
        said.writeBytes(in.readNBytes(Math.min(there, MOST_BYTES)));
        if (said.size() > MOST_BYTES) {
          throw new IOException(name + " says more than " + MOST_BYTES + " bytes");
        }
      }
      if (ended) {
        return said.toByteArray();
      }
    }
    throw new IOException(name + " does not end");
  }
}
