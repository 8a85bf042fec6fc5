package io.fourtuple.netty;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.ConnectionPoolBuilder;
import io.fourtuple.pool.LeakDetection;
import io.fourtuple.pool.PoolListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.pool.ChannelPoolHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link BudgetedChannelPool}, made and checked by {@link
 * BudgetedChannelPoolBuilder}, which explains each.
 *
 * @param bootstrap a copy
 * @param acquireTimeout null for none
 */
record ChannelPoolSettings(
    Bootstrap bootstrap,
    InetSocketAddress remote,
    ChannelPoolHandler handler,
    ChannelHealthChecker healthChecker,
    boolean releaseHealthCheck,
    int maxConnections,
    int maxPendingAcquires,
    @Nullable Duration acquireTimeout,
    boolean opensNewOnTimeout,
    Duration maxIdleTime,
    Duration maxLifetime,
    List<PoolListener> listeners) {
  /** Netty's own default, for bootstraps that set none, or none at all. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

  /** By then it is known whether there is a port, and so whether a time-out of less is over. */
  private static final Duration LEAST_PATIENCE = Duration.ofMillis(50);

  /** How long a connect may take. */
  Duration connectTimeout() {
    return bootstrap.config().options().get(ChannelOption.CONNECT_TIMEOUT_MILLIS)
                instanceof Integer millis
            && millis > 0
        ? Duration.ofMillis(millis)
        : CONNECT_TIMEOUT;
  }

  /** How long an acquire waits for a port. */
  Duration patience() {
    if (acquireTimeout == null || opensNewOnTimeout) {
      return connectTimeout();
    }
    return acquireTimeout.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : acquireTimeout;
  }

  private boolean isUnlimited() {
    return maxConnections == Integer.MAX_VALUE;
  }

  AcquireGate gate() {
    return new AcquireGate(maxConnections, maxPendingAcquires);
  }

  ConnectionPool<Channel> connections(BootstrapConnector connector) {
    ConnectionPoolBuilder<Channel> builder =
        ConnectionPool.builder(connector)
            .connectTimeout(connectTimeout())
            .maxIdleTime(maxIdleTime)
            .maxLifetime(maxLifetime)
            // Else the gate bounds them.
            .maxWaiters(isUnlimited() ? maxPendingAcquires : Integer.MAX_VALUE)
            // A bound keeps idle channels off the threads' shelves, and so in Netty's order.
            .maxIdlePerDestination(Integer.MAX_VALUE - 1)
            // Users may drop closed channels without releasing them, as with Netty's pools.
            .leakDetection(LeakDetection.OFF);
    if (!remote.isUnresolved()) {
      builder.failuresUntilDown(Integer.MAX_VALUE); // there is no other endpoint to go to
    }
    listeners.forEach(builder::listener);
    return builder.build();
  }
}
