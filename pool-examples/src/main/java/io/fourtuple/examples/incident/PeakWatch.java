package io.fourtuple.examples.incident;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Looks at the kernel's table from time to time, and keeps the most that it saw. */
final class PeakWatch implements AutoCloseable {
  private static final int PERIOD_MILLIS = 200;

  private final PortsInUse ports;
  private final AtomicInteger peak = new AtomicInteger();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(PeakWatch::daemon);

  /**
   * Begins to watch.
   *
   * @param afterLook is told what was seen, each time
   */
  @SuppressWarnings("FutureReturnValueIgnored") // It ends with the executor.
  PeakWatch(PortsInUse ports, IntConsumer afterLook) {
    this.ports = ports;
    executor.scheduleWithFixedDelay(
        () -> afterLook.accept(lookUnchecked()), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "peak-watch");
    thread.setDaemon(true);
    return thread;
  }

  /** Ends the watch where the table cannot be read; the caller of {@link #look()} hears of it. */
  private int lookUnchecked() {
    try {
      return look();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Looks now. */
  int look() throws IOException {
    int now = ports.count();
    peak.accumulateAndGet(now, Math::max);
    return now;
  }

  /** The most that was seen. */
  int peak() {
    return peak.get();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
