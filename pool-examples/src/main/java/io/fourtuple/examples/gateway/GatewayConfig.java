package io.fourtuple.examples.gateway;

import io.fourtuple.pool.Destination;
import io.fourtuple.port.PortRange;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway is told, checked by {@link ConfigReader}.
 *
 * @param listen where clients connect
 * @param admin where {@code /ports} and {@code /metrics} are served; null for nowhere
 * @param transport how Netty talks to the kernel, on both sides
 * @param tls for the clients' side; null for plain text
 * @param sources addresses of this host to connect from, or one subnet; empty for the kernel's
 *     choice
 * @param ports local ports to connect from, empty for those that the host gives
 * @param routes the longest path that a request's path begins with wins
 * @param maxWaiters requests that may wait for one upstream
 * @param acquireTimeout how long a request waits for a connection
 * @param portPatience how long a request waits for a port while nobody who waits gets one; at most
 *     {@code acquireTimeout} counts
 * @param responseTimeout from the end of a request to the head of its response, and between two
 *     parts of the response's body
 * @param idleTimeout how long a client's connection may idle, and how long an upstream's
 * @param drainTimeout how long requests under way may take after SIGTERM
 * @param maxRequestHead bytes of a request's head
 */
record GatewayConfig(
    InetSocketAddress listen,
    @Nullable InetSocketAddress admin,
    GatewayTransport transport,
    @Nullable Tls tls,
    List<String> sources,
    List<PortRange> ports,
    List<Route> routes,
    int maxWaiters,
    Duration acquireTimeout,
    Duration portPatience,
    Duration responseTimeout,
    Duration idleTimeout,
    Duration drainTimeout,
    int maxRequestHead) {

  /** A certificate chain and its key, as PEM files. */
  record Tls(Path certificate, Path key) {}

  /** Requests whose path begins with {@code path} go to {@code upstream}. */
  record Route(String path, Destination upstream) {}

  /** Whether the sources are those of a subnet, which may come and go. */
  boolean followsSources() {
    return sources.size() == 1 && sources.get(0).contains("/");
  }

  /** Where a request goes; empty where no route fits. */
  Optional<Destination> upstream(String path) {
    Route best = null;
    for (Route route : routes) {
      if (path.startsWith(route.path)
          && (best == null || route.path.length() > best.path.length())) {
        best = route;
      }
    }
    return Optional.ofNullable(best).map(Route::upstream);
  }
}
