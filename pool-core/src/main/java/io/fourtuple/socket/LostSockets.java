package io.fourtuple.socket;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds sockets that the garbage collector has found before they were closed, closes them, gives
 * their ports back, and names the place where they were connected. Thread-safe.
 */
final class LostSockets {
  private static final Logger log = LoggerFactory.getLogger(LostSockets.class);

  /** One connect in so many records its place, as long as no socket was lost without. */
  private static final int SAMPLING = 128;

  private final Cleaner cleaner =
      Cleaner.create(
          task -> {
            Thread thread = new Thread(task, "fourtuple-lost-sockets");
            thread.setDaemon(true);
            return thread;
          });

  private volatile boolean tracesAll;

  LostSockets(boolean tracesAll) {
    this.tracesAll = tracesAll;
  }

  /**
   * Watches a socket, in the connect.
   *
   * @return to be cleaned when the socket is closed
   */
  Cleaner.Cleanable watch(BudgetedSocket socket, HeldPort port) {
    boolean traces = tracesAll || ThreadLocalRandom.current().nextInt(SAMPLING) == 0;
    Throwable place = traces ? new Throwable("connected here") : null;
    return cleaner.register(socket, () -> end(port, place));
  }

  /** Also when the socket was closed as it should be; then there is nothing left to do. */
  private void end(HeldPort port, @Nullable Throwable place) {
    try {
      if (port.close(false)) {
        report(port, place);
      }
    } catch (IOException e) {
      log.warn("could not close the lost socket of {}", port.reservation(), e);
    }
  }

  private void report(HeldPort port, @Nullable Throwable place) {
    if (place == null) {
      tracesAll = true;
      log.warn(
          "a socket was lost without being closed: {}; from now on each connect records its place",
          port.reservation());
    } else {
      log.warn("a socket was lost without being closed: {}", port.reservation(), place);
    }
  }
}
