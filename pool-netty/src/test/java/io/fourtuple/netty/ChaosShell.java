package io.fourtuple.netty;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * A shell that is there before files run short, and runs one command after another in this network.
 * Thread-safe.
 */
final class ChaosShell implements AutoCloseable {
  private final Process shell;
  private final BufferedReader output;

  ChaosShell() throws IOException {
    shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
    output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Fails with what was printed where the command does. */
  synchronized void run(String command) throws IOException {
    shell
        .getOutputStream()
        .write((command + "\necho \"ended $?\"\n").getBytes(StandardCharsets.UTF_8));
    shell.getOutputStream().flush();
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith("ended ")) {
        if (line.equals("ended 0")) {
          return;
        }
        break;
      }
      said.append(line).append('\n');
    }
    throw new IOException(command + ": " + said);
  }

  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
