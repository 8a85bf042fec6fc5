package io.fourtuple.netty;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Files that stand in the way of others. Thread-safe. */
final class ChaosFiles {
  private final Deque<Closeable> files = new ArrayDeque<>();
  private volatile boolean isShort;

  /** Opens as many as the process may; so many less. */
  synchronized void takeAllBut(int left) throws IOException {
    isShort = true;
    try {
      while (true) {
        files.add(new FileInputStream("/dev/null"));
      }
    } catch (IOException full) {
      for (int i = 0; i < left && !files.isEmpty(); i++) {
        files.pop().close();
      }
    }
  }

  synchronized void giveBack() throws IOException {
    while (!files.isEmpty()) {
      files.pop().close();
    }
    isShort = false;
  }

  boolean areShort() {
    return isShort;
  }
}
