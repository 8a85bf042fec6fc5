package io.fourtuple.netty;

import io.fourtuple.pool.EndpointResolver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Asks the Domain Name System, by Netty's resolver: for IPv6 and IPv4 at the same time, and honours
 * how long records may be used. Follows aliases, and what the system says of name servers, search
 * domains and the hosts file. Does not cache: a {@link io.fourtuple.pool.ConnectionPool} asks only
 * when an answer is over.
 *
 * <p>Needs {@code io.netty:netty-resolver-dns} beside this library, which is an optional
 * dependency.
 *
 * <p>Thread-safe, and never blocks. Has one daemon thread until it is closed; who makes it closes
 * it, after the pools that use it.
 */
public final class DnsEndpointResolver implements EndpointResolver, AutoCloseable {
  private final DnsQuestions questions;

  private DnsEndpointResolver(DnsQuestions questions) {
    this.questions = questions;
  }

  /** Begins a resolver. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Looks for all addresses of a name, first as it is or in search domains, as the system says.
   *
   * @return what there is. Is incomplete where one family was not answered for, and fails with
   *     {@link java.net.UnknownHostException} where there is no address. The time for which it may
   *     be used is the shortest of all records, aliases included; the longest that was set for
   *     literal addresses and for the hosts file
   */
  @Override
  public CompletionStage<Resolution> resolve(String host, int port) {
    return questions.resolve(host, port);
  }

  /** Ends its thread. Questions that are open fail, and so do further ones. */
  @Override
  public void close() {
    questions.close();
  }

  /** Settings of a resolver. Not thread-safe. */
  public static final class Builder {
    private static final Duration LONGEST_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_TTL = Duration.ofDays(1);

    private List<InetSocketAddress> nameServers = List.of();
    private Duration queryTimeout = Duration.ofSeconds(2);
    private Duration shortest = Duration.ofSeconds(1);
    private Duration longest = LONGEST_TTL;

    private Builder() {}

    /**
     * Whom to ask, one after another where one does not answer.
     *
     * @param servers resolved addresses, usually with port 53; default, or none, is what the system
     *     says
     */
    public Builder nameServers(List<InetSocketAddress> servers) {
      for (InetSocketAddress server : servers) {
        if (server.isUnresolved()) {
          throw new IllegalArgumentException("nameServers must be resolved, one was " + server);
        }
      }
      nameServers = List.copyOf(servers);
      return this;
    }

    /**
     * How long to wait for one name server before the next one is asked.
     *
     * @param timeout 1 ms to 10 s; default 2 s. The pool gives up a question after 10 s in all
     */
    public Builder queryTimeout(Duration timeout) {
      if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
        throw new IllegalArgumentException("queryTimeout must be in 1 ms..10 s, was " + timeout);
      }
      queryTimeout = timeout;
      return this;
    }

    /**
     * How long an answer may be used, whatever its records say.
     *
     * @param shortest 0 to {@code longest}; default 1 s
     * @param longest up to a day, which is the default
     */
    public Builder ttl(Duration shortest, Duration longest) {
      if (longest.compareTo(LONGEST_TTL) > 0) {
        throw new IllegalArgumentException("longest must be <= 1 day, was " + longest);
      }
      if (shortest.isNegative() || shortest.compareTo(longest) > 0) {
        throw new IllegalArgumentException(
            "shortest must be in 0..longest (" + longest + "), was " + shortest);
      }
      this.shortest = shortest;
      this.longest = longest;
      return this;
    }

    /**
     * Makes the resolver.
     *
     * @throws IllegalStateException where Netty's resolver is not there
     */
    public DnsEndpointResolver build() {
      try {
        return new DnsEndpointResolver(
            new DnsQuestions(nameServers, queryTimeout, shortest, longest));
      } catch (NoClassDefFoundError e) {
        throw new IllegalStateException(
            "DnsEndpointResolver needs io.netty:netty-resolver-dns, which is not there: add it, or"
                + " use EndpointResolver.jdk()",
            e);
      }
    }
  }
}
