package io.fourtuple.examples.incident;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells people what is going on: on a terminal by one line that is drawn again and again. */
public final class Progress {
  private final PrintStream out;
  private final boolean live;
  private int drawn;

  private Progress(PrintStream out, boolean live) {
    this.out = out;
    this.live = live;
  }

  /**
   * Progress on one of the process's standard streams.
   *
   * @param descriptor 1 for standard output, 2 for standard error
   */
  public static Progress on(PrintStream out, int descriptor) {
    return new Progress(out, isTerminal(descriptor));
  }

  /** Progress that redraws nothing. */
  static Progress plain(PrintStream out) {
    return new Progress(out, false);
  }

  /** Progress that redraws its line. */
  static Progress live(PrintStream out) {
    return new Progress(out, true);
  }

  /** Linux shows what a descriptor is; elsewhere nothing is redrawn. */
  private static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  /** Replaces the live line; does nothing where there is none. */
  public synchronized void now(String line) {
    if (live) {
      draw(line);
      out.flush();
    }
  }

  /** Prints a line that stays. */
  public synchronized void line(String line) {
    draw(line);
    out.println();
    out.flush();
    drawn = 0;
  }

  private void draw(String line) {
    if (drawn > 0) {
      out.print("\r");
    }
    out.print(line + " ".repeat(Math.max(0, drawn - line.length())));
    drawn = line.length();
  }
}
