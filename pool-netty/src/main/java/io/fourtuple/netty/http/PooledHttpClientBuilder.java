package io.fourtuple.netty.http;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.netty.NettyConnectorBuilder;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.ConnectionPoolBuilder;
import io.netty.channel.Channel;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link PooledHttpClient}: everything that {@link HttpClient.Builder} has, and what the
 * pool can be told. Not thread-safe.
 */
public final class PooledHttpClientBuilder extends LaterBuilderMethods {
  private static final Duration LONGEST = Duration.ofDays(365);
  private static final Duration LONGEST_CONNECT = Duration.ofDays(1);
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final HttpHandshakeBuilder handshake = HttpHandshake.builder();
  private @Nullable CookieHandler cookieHandler;
  private @Nullable Duration connectTimeout;
  private @Nullable SSLContext sslContext;
  private @Nullable SSLParameters sslParameters;
  private @Nullable Executor executor;
  private HttpClient.Redirect redirect = HttpClient.Redirect.NEVER;
  private HttpClient.Version version = HttpClient.Version.HTTP_2;
  private @Nullable ProxySelector proxySelector;
  private @Nullable Authenticator authenticator;
  private @Nullable InetAddress localAddress;
  private @Nullable HostPorts ports;
  private @Nullable ConnectionPool<Channel> pool;
  private @Nullable Consumer<NettyConnectorBuilder> connector;
  private @Nullable Consumer<ConnectionPoolBuilder<Channel>> pooling;
  private Duration acquireTimeout = Duration.ofSeconds(30);
  private @Nullable Duration responseTimeout;

  PooledHttpClientBuilder() {}

  // ---- as HttpClient.Builder has it

  @Override
  public PooledHttpClientBuilder cookieHandler(CookieHandler cookieHandler) {
    this.cookieHandler = Objects.requireNonNull(cookieHandler, "cookieHandler must not be null");
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>This is about one TCP connect, and likewise its handshakes, not about waiting for a port,
   * which {@link #acquireTimeout} bounds. 1 ms to 1 day; 10 s by default.
   */
  @Override
  public PooledHttpClientBuilder connectTimeout(Duration duration) {
    Objects.requireNonNull(duration, "connectTimeout must not be null");
    connectTimeout = within("connectTimeout", LONGEST_CONNECT, duration);
    return this;
  }

  @Override
  public PooledHttpClientBuilder sslContext(SSLContext sslContext) {
    this.sslContext = Objects.requireNonNull(sslContext, "sslContext must not be null");
    return this;
  }

  @Override
  public PooledHttpClientBuilder sslParameters(SSLParameters sslParameters) {
    Objects.requireNonNull(sslParameters, "sslParameters must not be null");
    this.sslParameters = TlsEngines.copy(sslParameters);
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where none is given, {@code send} runs callbacks on the thread that waits in it, and {@code
   * sendAsync} on threads of the client's own, as many as are needed. An executor that runs tasks
   * at once, {@code Runnable::run}, saves a change of threads, and callbacks must not block then:
   * they run on the connections' event loops.
   */
  @Override
  public PooledHttpClientBuilder executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor must not be null");
    return this;
  }

  @Override
  public PooledHttpClientBuilder followRedirects(HttpClient.Redirect policy) {
    this.redirect = Objects.requireNonNull(policy, "followRedirects must not be null");
    return this;
  }

  @Override
  public PooledHttpClientBuilder version(HttpClient.Version version) {
    this.version = Objects.requireNonNull(version, "version must not be null");
    return this;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Checked, and otherwise without effect: RFC 9113 has taken priorities out of HTTP/2.
   */
  @Override
  public PooledHttpClientBuilder priority(int priority) {
    if (priority < 1 || priority > 256) {
      throw new IllegalArgumentException("priority must be in 1..256, was " + priority);
    }
    return this;
  }

  @Override
  public PooledHttpClientBuilder proxy(ProxySelector proxySelector) {
    this.proxySelector = Objects.requireNonNull(proxySelector, "proxy must not be null");
    return this;
  }

  @Override
  public PooledHttpClientBuilder authenticator(Authenticator authenticator) {
    this.authenticator = Objects.requireNonNull(authenticator, "authenticator must not be null");
    return this;
  }

  /**
   * The source address of all connections, as {@link HttpClient.Builder} has it since JDK 19. A
   * short form of {@link #ports} with one source.
   *
   * @param localAddress an address of this host; null for the system's choice
   */
  @Override
  public PooledHttpClientBuilder localAddress(@Nullable InetAddress localAddress) {
    this.localAddress = localAddress;
    return this;
  }

  // ---- the pool's

  /** Whose local ports and sources are used; {@link HostPorts#shared()} by default. */
  public PooledHttpClientBuilder ports(HostPorts ports) {
    this.ports = Objects.requireNonNull(ports, "ports must not be null");
    return this;
  }

  /**
   * Shares a pool that exists, with other clients say. It stays the caller's, to be closed after
   * the client. What belongs to its connections cannot be set here then.
   *
   * @param pool one over a {@link NettyConnector} with an {@link HttpHandshake}
   */
  public PooledHttpClientBuilder pool(ConnectionPool<Channel> pool) {
    this.pool = Objects.requireNonNull(pool, "pool must not be null");
    return this;
  }

  /** Sets what the connector can be told: transport, event loops, TCP options, time-outs. */
  public PooledHttpClientBuilder connector(Consumer<NettyConnectorBuilder> settings) {
    this.connector = Objects.requireNonNull(settings, "connector must not be null");
    return this;
  }

  /** Sets what the pool can be told: waiters, idle times, resolver, listeners. */
  public PooledHttpClientBuilder pooling(Consumer<ConnectionPoolBuilder<Channel>> settings) {
    this.pooling = Objects.requireNonNull(settings, "pooling must not be null");
    return this;
  }

  /**
   * How long a request waits for a connection where its own time-out is not shorter.
   *
   * @param timeout 0 to 365 days, 0 for not at all; 30 s by default
   */
  public PooledHttpClientBuilder acquireTimeout(Duration timeout) {
    Objects.requireNonNull(timeout, "acquireTimeout must not be null");
    if (timeout.isNegative() || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("acquireTimeout must be in 0..365 days, was " + timeout);
    }
    acquireTimeout = timeout;
    return this;
  }

  /**
   * How long a request may take until the last byte of its response; the time-out of a request ends
   * with the response's head. A {@link java.net.http.HttpTimeoutException} follows, to the body's
   * subscriber where the head was there.
   *
   * @param timeout 1 ms to 365 days; without bound by default
   */
  public PooledHttpClientBuilder responseTimeout(Duration timeout) {
    Objects.requireNonNull(timeout, "responseTimeout must not be null");
    responseTimeout = within("responseTimeout", LONGEST, timeout);
    return this;
  }

  /** As {@link HttpHandshakeBuilder#maxHeadSize}. */
  public PooledHttpClientBuilder maxHeadSize(int bytes) {
    handshake.maxHeadSize(bytes);
    return this;
  }

  /** As {@link HttpHandshakeBuilder#maxHeaderCount}. */
  public PooledHttpClientBuilder maxHeaderCount(int count) {
    handshake.maxHeaderCount(count);
    return this;
  }

  private static Duration within(String field, Duration longest, Duration value) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          field + " must be in 1 ms.." + longest.toDays() + " days, was " + value);
    }
    return value;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException where two settings exclude each other
   */
  @Override
  public PooledHttpClient build() {
    if (localAddress != null && ports != null) {
      throw new IllegalArgumentException(
          "localAddress must not be set beside ports, was " + localAddress);
    }
    ConnectionPool<Channel> shared = pool;
    if (shared != null) {
      refuseBesidePool();
      return new PooledHttpClient(settings(HttpHandshake.create()), shared, null);
    }
    if (sslContext != null) {
      handshake.sslContext(sslContext);
    }
    if (sslParameters != null) {
      handshake.sslParameters(sslParameters);
    }
    HttpHandshake made = handshake.build();
    NettyConnector own = newConnector(made);
    return new PooledHttpClient(settings(made), newPool(own), own);
  }

  private void refuseBesidePool() {
    Object besides =
        firstOf(sslContext, sslParameters, localAddress, ports, connector, pooling, connectTimeout);
    if (besides != null) {
      throw new IllegalArgumentException(
          "pool must not be given beside settings of its connections, was, beside " + besides);
    }
  }

  private static @Nullable Object firstOf(@Nullable Object... settings) {
    for (Object setting : settings) {
      if (setting != null) {
        return setting;
      }
    }
    return null;
  }

  private NettyConnector newConnector(HttpHandshake made) {
    NettyConnectorBuilder builder = NettyConnector.builder();
    InetAddress source = localAddress;
    if (ports != null) {
      builder.ports(ports);
    } else if (source != null) {
      builder.ports(HostPorts.builder().sources(List.of(source)).build());
    }
    if (connectTimeout != null) {
      builder.connectTimeout(connectTimeout).tlsHandshakeTimeout(connectTimeout);
    }
    if (connector != null) {
      connector.accept(builder);
    }
    return builder.handshake(made).build();
  }

  private ConnectionPool<Channel> newPool(NettyConnector over) {
    ConnectionPoolBuilder<Channel> builder = ConnectionPool.builder(over);
    if (pooling != null) {
      pooling.accept(builder);
    }
    return builder.build();
  }

  private ClientSettings settings(HttpHandshake made) {
    return new ClientSettings(
        cookieHandler,
        connectTimeout,
        redirect,
        proxySelector,
        authenticator,
        version,
        executor,
        made.tls().context(),
        sslParameters != null ? sslParameters : made.tls().parameters(),
        acquireTimeout,
        responseTimeout);
  }
}
