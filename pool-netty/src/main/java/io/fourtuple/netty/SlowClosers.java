package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Peers that have said that they close, and have left it to us. While that is known, one connection
 * at a time waits for such a peer to find out whether it has changed: one that waits holds a port.
 *
 * <p>Belongs to an event loop.
 */
final class SlowClosers {
  /** Long beside the wait, so that hardly a port is held by it. */
  static final Duration REMEMBERED = Duration.ofSeconds(10);

  private final Ticker ticker;

  /** Until when nobody waits. */
  private final Map<Endpoint, Long> until = new HashMap<>();

  SlowClosers(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Whether a connection is to wait for that peer to close. */
  boolean mayAwait(Endpoint peer) {
    Long end = until.get(peer);
    if (end == null) {
      return true;
    }
    long now = ticker.read();
    if (end - now > 0) {
      return false;
    }
    until.put(peer, now + REMEMBERED.toNanos()); // for all but this one
    return true;
  }

  /** It has left closing to us. */
  void add(Endpoint peer) {
    long now = ticker.read();
    until.values().removeIf(end -> end - now <= 0); // of peers that nobody asks about any more
    until.put(peer, now + REMEMBERED.toNanos());
  }

  /** It has closed. */
  void remove(Endpoint peer) {
    until.remove(peer);
  }
}
