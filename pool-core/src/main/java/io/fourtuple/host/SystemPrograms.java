package io.fourtuple.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks programs of the operating system, which say what no file does. */
final class SystemPrograms {
  private static final int MOST_SECONDS = 5;
  private static final int MOST_BYTES = 64 << 10;

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
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      // The programs that are asked say a few lines, which fit into the pipe: so they end first.
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command.get(0) + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(command.get(0) + " ended with " + process.exitValue());
      }
      try (InputStream in = process.getInputStream()) {
        return new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }
}
