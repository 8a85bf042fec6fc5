package io.fourtuple.examples.bench;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.netty.Transport;
import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortsExhaustedException;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A pool over one source; each endpoint is a destination. */
final class PoolFilling implements Filling {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration FOR_GOOD = Duration.ofDays(1);
  private static final Duration NO_WAITING = Duration.ZERO;
  private static final Duration AT_ONCE = Duration.ZERO;

  private final CountingConnector connector;
  private final ConnectionPool<Channel> pool;
  private final List<Destination> destinations;
  private final List<Lease<Channel>> leases = new ArrayList<>();

  PoolFilling(PortSelection selection, PortRange ports, List<Endpoint> endpoints) {
    destinations = endpoints.stream().map(Destination::of).toList();
    connector =
        new CountingConnector(
            NettyConnector.builder()
                .ports(
                    HostPorts.builder()
                        .sources("127.0.0.1")
                        .selection(selection)
                        .ports(ports)
                        .headRoom(0)
                        .ledger(PortLedger.create(HostNetwork.read().limits()))
                        .build())
                .transport(Transport.EPOLL)
                .handler((channel, to) -> {})
                .build());
    // Longer than any run: what idles stays.
    pool = ConnectionPool.builder(connector).maxIdleTime(FOR_GOOD).maxLifetime(FOR_GOOD).build();
  }

  @Override
  public void open() throws IOException, InterruptedException {
    leases.add(pool.acquire(next(), PATIENCE));
  }

  @Override
  public void beRefused() throws InterruptedException {
    try (Lease<Channel> lease = pool.acquire(next(), NO_WAITING)) {
      throw new IllegalStateException("there was a port left: " + lease);
    } catch (PortsExhaustedException | AcquireTimeoutException e) {
      // As it should be: the second where the time was over before the ledger was asked.
    } catch (IOException e) {
      throw new IllegalStateException("refused for another reason: " + e, e);
    }
  }

  private Destination next() {
    return destinations.get(leases.size() % destinations.size());
  }

  /** Gives all connections back, so that they idle. */
  void idle() {
    leases.forEach(Lease::close);
    leases.clear();
  }

  @Override
  public long connects() {
    return connector.connects();
  }

  @Override
  public void close() {
    pool.close(AT_ONCE).join();
    connector.close();
  }
}
