package io.fourtuple.netty;

import io.fourtuple.time.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The machine's ticker, which may jump ahead; a {@link Ticker} never goes back. Thread-safe. */
final class ChaosClock implements Ticker {
  /** How many different ones there are. */
  static final int JUMPS = 4;

  private static final long[] JUMPS_MILLIS = {300, 2_000, 15_000, 100_000};

  private final AtomicLong ahead = new AtomicLong();

  @Override
  public long read() {
    return Ticker.system().read() + ahead.get();
  }

  void jump(int part) {
    ahead.addAndGet(TimeUnit.MILLISECONDS.toNanos(JUMPS_MILLIS[part]));
  }
}
