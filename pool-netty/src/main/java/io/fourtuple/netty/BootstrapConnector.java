package io.fourtuple.netty;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.pool.ChannelPoolHandler;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Opens channels as a user's {@link Bootstrap} says, on port budgets, for a {@link
 * BudgetedChannelPool}. Thread-safe.
 *
 * <p>It tells no affinity, so that idle channels are lent in Netty's order.
 */
final class BootstrapConnector implements Connector<Channel> {
  private final Sources sources;
  private final Bootstrap bootstrap;
  private final ChannelPoolHandler handler;
  private final Runnable connectFailed;
  private final boolean resetsAll;

  /** From the connect to the close. */
  private final Set<PoolChannel> open = ConcurrentHashMap.newKeySet();

  /**
   * A connector.
   *
   * @param connectFailed told when an endpoint was to blame
   */
  BootstrapConnector(
      Sources sources, Bootstrap bootstrap, ChannelPoolHandler handler, Runnable connectFailed) {
    this.sources = sources;
    this.bootstrap = bootstrap;
    this.handler = handler;
    this.connectFailed = connectFailed;
    this.resetsAll =
        Integer.valueOf(0).equals(bootstrap.config().options().get(ChannelOption.SO_LINGER));
  }

  @Override
  public PortLedger ledger() {
    return sources.ledger();
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return sources.reaching().apply(endpoint);
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<Channel> events) {
    BootstrapConnect connect =
        new BootstrapConnect(this, bootstrap.config().group().next(), request, events);
    connect.start();
    return connect;
  }

  @Override
  public boolean isUsable(Channel channel) {
    PoolChannel pooled = PoolChannel.find(channel);
    return pooled != null && pooled.isUsable();
  }

  @Override
  public void close(Channel channel, CloseMode mode) {
    PoolChannel pooled = PoolChannel.find(channel);
    if (pooled != null) {
      pooled.close(mode);
    }
  }

  // ---- for the connects

  /** A new channel, which is registered with a loop, and initialised there. */
  ChannelFuture register(EventLoop loop, ChannelInitializer<Channel> initializer) {
    return bootstrap.clone(loop).handler(initializer).register();
  }

  ChannelPoolHandler handler() {
    return handler;
  }

  void connectFailed() {
    connectFailed.run();
  }

  boolean binds() {
    return sources.binds();
  }

  /** Whether the user has each close be a reset, which leaves nothing behind. */
  boolean resetsAll() {
    return resetsAll;
  }

  Set<PoolChannel> open() {
    return open;
  }
}
