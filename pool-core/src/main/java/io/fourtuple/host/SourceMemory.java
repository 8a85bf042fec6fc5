package io.fourtuple.host;

import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Ticker;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** Remembers for a while from where a remote address is reached. Thread-safe. */
final class SourceMemory {
  /** Routes and addresses of a host do change, if seldom. */
  static final Duration REFRESH = Duration.ofSeconds(10);

  static final int MOST_ADDRESSES = 4_096;

  private final ConcurrentMap<InetAddress, Entry> entries = new ConcurrentHashMap<>();
  private final Ticker ticker;

  SourceMemory(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Asks {@code finder} where nothing recent is known. That nothing was found is not remembered.
   */
  List<SourceAddress> get(InetAddress remote, Supplier<List<SourceAddress>> finder) {
    long now = ticker.read();
    Entry known = entries.get(remote);
    if (known != null && now - known.since < REFRESH.toNanos()) {
      return known.sources;
    }
    List<SourceAddress> found = finder.get();
    if (!found.isEmpty()) {
      if (entries.size() >= MOST_ADDRESSES) {
        entries.clear();
      }
      entries.put(remote, new Entry(found, now));
    }
    return found;
  }

  private record Entry(List<SourceAddress> sources, long since) {}
}
