package io.fourtuple.examples.quickstart;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.io.IOException;
import java.time.Duration;

/** Somebody who wants connections. */
final class PoolUser {
  private PoolUser() {}

  static HostPorts ports() {
    HostPorts ports = HostPorts.builder().sources("10.0.0.5", "10.0.0.6").build();
    return ports;
  }

  static NettyConnector connector(HostPorts ports) {
    NettyConnector connector =
        NettyConnector.builder()
            .ports(ports)
            .handler(
                (channel, destination) ->
                    channel
                        .pipeline()
                        .addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20)))
            .build();
    return connector;
  }

  static ConnectionPool<Channel> pool(NettyConnector connector) {
    ConnectionPool<Channel> pool = ConnectionPool.of(connector); // closed before the connector is
    return pool;
  }

  static Destination shop() {
    Destination shop =
        Destination.of("shop", Endpoint.of("203.0.113.7", 80), Endpoint.of("203.0.113.8", 80));
    return shop;
  }

  static String ask(ConnectionPool<Channel> pool, Destination shop)
      throws IOException, InterruptedException {
    try (Lease<Channel> lease = pool.acquire(shop, Duration.ofSeconds(2))) {
      return HttpGet.on(lease.connection()); // one request and its whole answer
    } catch (PortsExhaustedException e) {
      return "503, retry after " + e.retryAfter(); // the message has the arithmetic
    }
  }

  /** Asks once more where the server closed the idle connection just when it was leased. */
  static String askAgain(ConnectionPool<Channel> pool, Destination shop)
      throws IOException, InterruptedException {
    try {
      return ask(pool, shop);
    } catch (HttpGet.Unanswered e) {
      return ask(pool, shop);
    }
  }
}
