package io.fourtuple.examples.quickstart;

import io.fourtuple.host.HostPorts;
import io.fourtuple.metrics.PoolMetrics;
import io.fourtuple.metrics.PortMetrics;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;

/** Somebody who has a registry of meters. */
final class MetricsUser {
  private MetricsUser() {}

  static ConnectionPool<Channel> measured(
      HostPorts ports, NettyConnector connector, MeterRegistry registry) {
    PortMetrics portMetrics = new PortMetrics(ports.ledger()); // once for each ledger
    portMetrics.bindTo(registry);

    PoolMetrics poolMetrics = new PoolMetrics(registry); // once for each pool
    ConnectionPool<Channel> pool = ConnectionPool.builder(connector).listener(poolMetrics).build();
    poolMetrics.watch(pool);
    return pool;
  }
}
