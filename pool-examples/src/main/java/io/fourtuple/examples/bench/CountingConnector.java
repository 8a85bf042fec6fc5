package io.fourtuple.examples.bench;

import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the connects: a pool opens sockets in no other way. */
final class CountingConnector implements Connector<Channel>, AutoCloseable {
  private final NettyConnector connector;
  private final LongAdder connects = new LongAdder();

  CountingConnector(NettyConnector connector) {
    this.connector = connector;
  }

  /** Begun so far. */
  long connects() {
    return connects.sum();
  }

  @Override
  public Cancellable connect(ConnectRequest request, ConnectionEvents<Channel> events) {
    connects.increment();
    return connector.connect(request, events);
  }

  @Override
  public void whenOverdue(Cancellable connect, Duration time, Runnable task) {
    connector.whenOverdue(connect, time, task);
  }

  @Override
  public PortLedger ledger() {
    return connector.ledger();
  }

  @Override
  public List<SourceAddress> sources(Endpoint endpoint) {
    return connector.sources(endpoint);
  }

  @Override
  public boolean isUsable(Channel channel) {
    return connector.isUsable(channel);
  }

  @Override
  public void onLease(Channel channel) {
    connector.onLease(channel);
  }

  @Override
  public void onReturn(Channel channel) {
    connector.onReturn(channel);
  }

  @Override
  public void close(Channel channel, CloseMode mode) {
    connector.close(channel, mode);
  }

  @Override
  public @Nullable Object affinity() {
    return connector.affinity();
  }

  @Override
  public @Nullable Object affinity(Channel channel) {
    return connector.affinity(channel);
  }

  @Override
  public boolean isEventLoop() {
    return connector.isEventLoop();
  }

  @Override
  public void close() {
    connector.close();
  }
}
