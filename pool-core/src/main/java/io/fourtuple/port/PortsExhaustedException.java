package io.fourtuple.port;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * No local port, and waiting is not worth it or took too long. The message carries the arithmetic
 * of every route that was tried.
 */
public class PortsExhaustedException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_ROUTES_SHOWN = 4;

  private final transient @Nullable List<PortCensus> routes;
  private final Duration waited;
  private final @Nullable Duration retryAfter;

  /**
   * Makes the exception.
   *
   * @param routes how the routes stood that would have done
   * @param waited how long the caller waited, zero for not at all
   * @param retryAfter when a port is known to be free for this caller; null where unknown
   */
  public PortsExhaustedException(
      List<PortCensus> routes, Duration waited, @Nullable Duration retryAfter) {
    super(message(routes, waited, retryAfter));
    this.routes = List.copyOf(routes);
    this.waited = waited;
    this.retryAfter = retryAfter;
  }

  /** How the routes stood; empty in a copy that was serialised. */
  public List<PortCensus> routes() {
    return routes == null ? List.of() : routes;
  }

  /** How long the caller waited; zero where it was refused at once. */
  public Duration waited() {
    return waited;
  }

  /**
   * When a port will be free for this caller, where that is known from expiries. Only such an
   * estimate may be promised to others, as {@code Retry-After} say.
   */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }

  private static String message(
      List<PortCensus> routes, Duration waited, @Nullable Duration retryAfter) {
    String after = waited.isZero() ? "" : " after " + waited.toMillis() + " ms";
    if (routes.size() == 1) {
      PortCensus only = routes.get(0);
      return "no free local port on " + only.route() + after + ": " + only.summary();
    }
    String next =
        retryAfter == null ? "" : " (for this caller in " + PortCensus.seconds(retryAfter) + ")";
    String shown =
        routes.stream()
            .limit(MOST_ROUTES_SHOWN)
            .map(census -> census.route() + ": " + census.summary())
            .collect(Collectors.joining("; "));
    int more = Math.max(0, routes.size() - MOST_ROUTES_SHOWN);
    return "no free local port on any of "
        + routes.size()
        + " routes"
        + after
        + next
        + ": "
        + shown
        + (more > 0 ? "; and " + more + " more" : "");
  }
}
