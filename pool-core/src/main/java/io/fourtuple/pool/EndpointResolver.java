package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * Finds the endpoints that stand for a name. A {@link ConnectionPool} asks it for each {@linkplain
 * Destination#named destination by name} that is in use, one question at a time, and again when the
 * answer is over.
 *
 * <p>Must be thread-safe, and must not block: it is called on callers' threads, which may be event
 * loops.
 */
@FunctionalInterface
public interface EndpointResolver {
  /**
   * Begins to look for a name.
   *
   * @param host the name, in lower case, or a literal address
   * @param port the port that the endpoints are to have, 1 to 65535
   * @return completes with what was found, or fails, usually with {@link
   *     java.net.UnknownHostException}. An answer without endpoints counts as a failure, and so
   *     does none within 10 s; one that comes later still counts
   */
  CompletionStage<Resolution> resolve(String host, int port);

  /**
   * Knows some names and no others; asks nobody.
   *
   * @param addresses by name, upper or lower case; each with one address at least
   */
  static EndpointResolver fixed(Map<String, ? extends Collection<InetAddress>> addresses) {
    return new FixedResolver(addresses);
  }

  /**
   * Asks as {@link InetAddress#getAllByName} does, on up to four daemon threads of its own that end
   * when idle. The JDK does not tell how long an answer may be used; here it is 30 s, and the JDK's
   * own cache (30 s unless set otherwise) comes on top.
   */
  static EndpointResolver jdk() {
    return new JdkResolver(InetAddress::getAllByName);
  }

  /**
   * What was found.
   *
   * @param endpoints each once: repetitions are dropped. In order of preference; the pool changes
   *     between the address families, IPv6 first
   * @param ttl how long this may be used, zero or more. The pool asks again after that, but not
   *     within 1 s, and after a day at the latest
   * @param isComplete false where an address family could not be asked for: of that one, the pool
   *     keeps what it had
   */
  record Resolution(List<Endpoint> endpoints, Duration ttl, boolean isComplete) {
    /** Checks, and copies the endpoints. */
    public Resolution {
      endpoints = endpoints.stream().distinct().toList();
      Objects.requireNonNull(ttl, "ttl must not be null");
      if (ttl.isNegative()) {
        throw new IllegalArgumentException("ttl must be >= 0, was " + ttl);
      }
    }

    /** A complete one. */
    public Resolution(List<Endpoint> endpoints, Duration ttl) {
      this(endpoints, ttl, true);
    }
  }
}
