package io.fourtuple.examples.gateway;

import io.netty.util.concurrent.Ticker;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Upstreams that have said that they close, and have left it to us. For a while nobody waits for
 * them again: a connection that waits has a port. Thread-safe.
 */
final class SlowClosers {
  static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Ticker ticker;
  private final Map<SocketAddress, Long> until = new ConcurrentHashMap<>();

  SlowClosers(Ticker ticker) {
    this.ticker = ticker;
  }

  void add(SocketAddress upstream) {
    long now = ticker.nanoTime();
    until.values().removeIf(end -> end - now <= 0); // of addresses that nobody asks about any more
    until.put(upstream, now + REMEMBERED_NANOS);
  }

  boolean contains(SocketAddress upstream) {
    Long end = until.get(upstream);
    return end != null && end - ticker.nanoTime() > 0;
  }
}
