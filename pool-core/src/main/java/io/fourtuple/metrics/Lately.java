package io.fourtuple.metrics;

import io.fourtuple.time.Ticker;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a source had to say within the last second: a scrape reads hundreds of figures, and takes
 * one snapshot for all of them. Thread-safe.
 */
final class Lately<T> implements Supplier<T> {
  private static final long NANOS = 1_000_000_000;

  private record Answer<T>(T value, long tick) {}

  private final Supplier<T> source;
  private final Ticker ticker;
  private volatile @Nullable Answer<T> last;

  Lately(Supplier<T> source, Ticker ticker) {
    this.source = source;
    this.ticker = ticker;
  }

  @Override
  public T get() {
    Answer<T> known = last;
    long now = ticker.read();
    if (known == null || now - known.tick >= NANOS) {
      known = new Answer<>(source.get(), now); // two at once ask twice, which does no harm
      last = known;
    }
    return known.value;
  }

  /** What it says now. */
  T getNow() {
    last = null;
    return get();
  }
}
