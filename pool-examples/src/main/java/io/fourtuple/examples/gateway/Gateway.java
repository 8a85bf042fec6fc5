package io.fourtuple.examples.gateway;

import io.fourtuple.examples.gateway.ClientHandler.Drain;
import io.fourtuple.host.HostPorts;
import io.fourtuple.metrics.PoolMetrics;
import io.fourtuple.metrics.PortMetrics;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.EndpointResolver;
import io.fourtuple.pool.EndpointResolver.Resolution;
import io.fourtuple.port.PortRange;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway: clients on one side, a pool of upstreams' connections on the other. */
final class Gateway implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  /** How long the addresses of a name are taken for true; the JDK's answers do not say. */
  private static final Duration NAMES_AGE = Duration.ofSeconds(5);

  /** Upstreams close with their last words, or leave it to us: ports are not to wait for that. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(20);

  private final GatewayConfig config;
  private final EventLoopGroup loops;
  private final NettyConnector connector;
  private final ConnectionPool<Channel> pool;
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PoolMetrics poolMetrics = new PoolMetrics(registry);
  private final PortMetrics portMetrics;
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final AtomicBoolean isClosed = new AtomicBoolean();
  private final Channel listener;
  private final @Nullable StatusPages pages;

  /**
   * Starts it.
   *
   * @param loops of the configured transport; they outlive it
   */
  Gateway(GatewayConfig config, EventLoopGroup loops) throws IOException {
    this.config = config;
    this.loops = loops;
    HostPorts ports = ports(config);
    connector =
        NettyConnector.builder()
            .ports(ports)
            .closeTimeout(CLOSE_TIMEOUT)
            .eventLoopGroup(loops) // the clients' too: most exchanges stay on one thread
            .option(ChannelOption.SO_KEEPALIVE, false) // time-outs end what is silent
            .handler((channel, to) -> channel.pipeline().addLast(codec(), new UpstreamHandler()))
            .build();
    pool =
        ConnectionPool.builder(connector)
            .maxWaiters(config.maxWaiters())
            .portPatience(config.portPatience())
            .maxIdleTime(config.idleTimeout())
            .resolver(resolver())
            .listener(poolMetrics)
            .build();
    poolMetrics.watch(pool);
    portMetrics = new PortMetrics(ports.ledger());
    portMetrics.bindTo(registry);
    pages =
        config.admin() == null
            ? null
            : new StatusPages(config.admin(), ports.ledger(), pool, registry);
    listener = listen(config.tls() == null ? null : tls(config.tls()));
  }

  private static HostPorts ports(GatewayConfig config) {
    if (config.sources().isEmpty() && config.ports().isEmpty()) {
      return HostPorts.shared();
    }
    HostPorts.Builder builder = HostPorts.builder();
    if (config.followsSources()) {
      builder.sourcesIn(config.sources().get(0));
    } else if (!config.sources().isEmpty()) {
      builder.sources(config.sources().toArray(String[]::new));
    }
    if (!config.ports().isEmpty()) {
      builder.ports(config.ports().toArray(PortRange[]::new));
    }
    return builder.build();
  }

  private static EndpointResolver resolver() {
    EndpointResolver jdk = EndpointResolver.jdk();
    return (host, port) ->
        jdk.resolve(host, port).thenApply(found -> new Resolution(found.endpoints(), NAMES_AGE));
  }

  private static HttpClientCodec codec() {
    return new HttpClientCodec(
        new HttpDecoderConfig().setUseRfc9112TransferEncoding(true), false, false);
  }

  private static SslContext tls(GatewayConfig.Tls files) throws IOException {
    return SslContextBuilder.forServer(files.certificate().toFile(), files.key().toFile())
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                ApplicationProtocolNames.HTTP_2,
                ApplicationProtocolNames.HTTP_1_1))
        .build();
  }

  private Channel listen(@Nullable SslContext tls) throws IOException {
    try {
      return new ServerBootstrap()
          .group(loops)
          .channel(config.transport().listener())
          .option(ChannelOption.SO_BACKLOG, 4_096)
          .childHandler(new Front(this, tls))
          .bind(config.listen())
          .syncUninterruptibly()
          .channel();
    } catch (RuntimeException e) {
      throw new IOException("cannot listen on " + config.listen() + ": " + e.getMessage(), e);
    }
  }

  GatewayConfig config() {
    return config;
  }

  ConnectionPool<Channel> pool() {
    return pool;
  }

  /** Whether it takes no further connection. */
  boolean isClosed() {
    return isClosed.get();
  }

  /** All connections of clients. */
  ChannelGroup clients() {
    return clients;
  }

  Logger log() {
    return log;
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** Where the pages about it are; null for nowhere. */
  @Nullable InetSocketAddress adminAddress() {
    return pages == null ? null : pages.address();
  }

  /**
   * Takes no further connection and no further request, and lets those under way end, for as long
   * as the configuration allows. Then closes everything.
   */
  @Override
  public void close() {
    if (isClosed.getAndSet(true)) {
      return;
    }
    listener.close().syncUninterruptibly();
    clients.forEach(client -> client.pipeline().fireUserEventTriggered(Drain.NOW));
    Duration drain = config.drainTimeout();
    if (!clients.newCloseFuture().awaitUninterruptibly(drain.toMillis())) {
      log.warn("{} connections of clients are cut off", clients.size());
      clients.close().awaitUninterruptibly(1_000);
    }
    poolMetrics.close();
    portMetrics.close();
    pool.close(Duration.ZERO).join();
    connector.close();
    if (pages != null) {
      pages.close();
    }
  }
}
