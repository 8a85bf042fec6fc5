package io.fourtuple.netty.http;

import io.fourtuple.pool.Destination;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which plain-text servers are asked to go on with HTTP/2 (RFC 7540, 3.2), as the JDK's client
 * does: each until it has declined once. Thread-safe.
 */
final class Upgrade {
  /** Beyond it some are asked again, which costs them nothing but a longer request. */
  private static final int MOST_KNOWN = 10_000;

  private final Set<Destination> declined = ConcurrentHashMap.newKeySet();

  /** Whether the first request on a connection to there should ask. */
  boolean isWorthAsking(Destination destination) {
    return destination.protocol() instanceof HttpProtocol protocol
        && protocol.http2()
        && !protocol.tls()
        && !declined.contains(destination);
  }

  void declined(Destination destination) {
    if (declined.size() < MOST_KNOWN) {
      declined.add(destination);
    }
  }
}
