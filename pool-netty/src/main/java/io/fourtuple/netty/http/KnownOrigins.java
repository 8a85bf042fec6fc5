package io.fourtuple.netty.http;

import io.fourtuple.pool.Destination;
import java.io.IOException;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where requests to an origin go: worked out once, and not for each request. Thread-safe.
 *
 * <p>The JVM's own selector of proxies, which reads the system's properties for each answer, is
 * asked again after a second; one that the user has given, for each request.
 */
final class KnownOrigins {
  private static final long ANSWER_NANOS = 1_000_000_000;

  /** Beyond it all are worked out again: a client that crawls the web knows each for a moment. */
  private static final int MOST = 10_000;

  private final Map<String, Known> plain = new ConcurrentHashMap<>();
  private final Map<String, Known> secure = new ConcurrentHashMap<>();
  private final @Nullable ProxySelector selector;
  private final boolean isUsers;

  /** What is known of one. */
  private static final class Known {
    final Destination http1;
    final Destination http2;
    volatile @Nullable Answer answer;

    Known(Origin origin) {
      http1 = destination(origin, false);
      http2 = destination(origin, true);
    }

    private static Destination destination(Origin origin, boolean http2) {
      return Destination.named(host(origin), origin.port())
          .withProtocol(new HttpProtocol(origin.secure(), http2, null));
    }
  }

  private record Answer(ProxyChoice choice, long tick) {}

  /**
   * @param users the user's selector; null for the JVM's own, as it is now
   */
  KnownOrigins(@Nullable ProxySelector users) {
    isUsers = users != null;
    selector = isUsers ? users : ProxySelector.getDefault();
  }

  /** Who is asked about proxies; null for nobody. */
  @Nullable ProxySelector selector() {
    return selector;
  }

  /** The server itself. */
  Destination direct(URI uri, boolean http2) {
    Known known = known(uri);
    return http2 ? known.http2 : known.http1;
  }

  /**
   * The proxy for a request. May ask the user.
   *
   * @param now the tick
   */
  ProxyChoice proxy(URI uri, long now) throws IOException {
    if (selector == null) {
      return ProxyChoice.DIRECT;
    }
    if (isUsers) {
      return ProxyChoice.of(selector, uri);
    }
    Known known = known(uri);
    Answer last = known.answer;
    if (last == null || now - last.tick >= ANSWER_NANOS) {
      last = new Answer(ProxyChoice.of(selector, uri), now);
      known.answer = last;
    }
    return last.choice;
  }

  private Known known(URI uri) {
    boolean isSecure = Origin.isSecure(uri);
    Map<String, Known> all = isSecure ? secure : plain;
    Known known = all.get(uri.getRawAuthority());
    if (known == null) {
      known = new Known(Origin.of(uri));
      if (all.size() >= MOST) {
        all.clear();
      }
      all.put(uri.getRawAuthority(), known);
    }
    return known;
  }

  /** Without the brackets of an IPv6 address. */
  static String host(Origin origin) {
    String host = origin.host();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
