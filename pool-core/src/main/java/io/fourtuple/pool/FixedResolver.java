package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Names that were given. */
final class FixedResolver implements EndpointResolver {
  private static final Duration FOR_GOOD = Duration.ofDays(365);

  private final Map<String, List<InetAddress>> addresses = new HashMap<>();

  FixedResolver(Map<String, ? extends Collection<InetAddress>> given) {
    given.forEach(
        (name, of) -> {
          if (of.isEmpty()) {
            throw new IllegalArgumentException("addresses must not be empty, name " + name);
          }
          addresses.put(name.toLowerCase(Locale.ROOT), List.copyOf(of));
        });
  }

  @Override
  public CompletionStage<Resolution> resolve(String host, int port) {
    List<InetAddress> known = addresses.get(host);
    if (known == null) {
      return CompletableFuture.failedFuture(
          new UnknownHostException(host + " is none of the names that were given"));
    }
    List<Endpoint> endpoints = known.stream().map(each -> new Endpoint(each, port)).toList();
    return CompletableFuture.completedFuture(new Resolution(endpoints, FOR_GOOD));
  }
}
