package io.fourtuple.netty;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.ConnectionEvents;
import io.fourtuple.pool.Connector;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens Netty channels on port budgets, for an {@link io.fourtuple.pool.ConnectionPool} of {@link
 * Channel}s.
 *
 * <p>A channel is closed in order, whoever closes it, by {@link Channel#close()} too: our FIN, then
 * what the peer still sends is dropped until its FIN, for at most the close time-out; then it is
 * reset. So it is known how long its local port rests. While a channel is idle, bytes and the end
 * of the stream discard it.
 *
 * <p>A connection that is opened for a caller on one of the connector's event loops belongs to that
 * loop; others take turns.
 *
 * <p>Handlers use {@link PooledChannels} to say that a connection is not to be used again.
 *
 * <p>Thread-safe.
 */
public final class NettyConnector implements Connector<Channel>, AutoCloseable {
  private final Sources sources;
  private final ConnectorSettings settings;
  private final EventLoops loops;

  NettyConnector(Sources sources, ConnectorSettings settings, EventLoops loops) {
    this.sources = sources;
    this.settings = settings;
    this.loops = loops;
  }

  /** Begins a connector with the defaults. */
  public static NettyConnectorBuilder builder() {
    return new NettyConnectorBuilder();
  }

  /** What it runs on. */
  public Transport transport() {
    return settings.transport().name();
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
    LoopConnections callers = loops.member(request.affinity());
    LoopConnections loop = callers != null ? callers : loops.next();
    ConnectAttempt attempt = new ConnectAttempt(request, events, loop, sources.binds());
    attempt.start();
    return attempt;
  }

  @Override
  public void whenOverdue(Cancellable connect, Duration time, Runnable task) {
    Objects.requireNonNull(time, "time must not be null");
    Objects.requireNonNull(task, "task must not be null");
    if (connect instanceof ConnectAttempt attempt) {
      attempt.whenOverdue(time, task);
    } else {
      task.run();
    }
  }

  @Override
  public boolean isUsable(Channel channel) {
    NettyConnection connection = Pipelines.connection(channel);
    return connection != null && connection.isUsable();
  }

  @Override
  public int maxLeases(Channel channel) {
    NettyConnection connection = Pipelines.connection(channel);
    return connection == null ? 0 : connection.capacity();
  }

  @Override
  public boolean mayMultiplex(Destination destination) {
    ChannelHandshake handshake = settings.handshake();
    return handshake != null && handshake.mayMultiplex(destination);
  }

  @Override
  public void onLease(Channel channel) {
    NettyConnection connection = Pipelines.connection(channel);
    if (connection != null) {
      connection.leased();
    }
  }

  @Override
  public void onReturn(Channel channel) {
    NettyConnection connection = Pipelines.connection(channel);
    if (connection != null) {
      connection.returned();
    }
  }

  @Override
  public void close(Channel channel, CloseMode mode) {
    NettyConnection connection = Pipelines.connection(channel);
    if (connection != null) {
      connection.close(mode);
    }
  }

  @Override
  public @Nullable Object affinity() {
    return loops.current();
  }

  @Override
  public Object affinity(Channel channel) {
    return channel.eventLoop();
  }

  @Override
  public boolean isEventLoop() {
    return loops.current() != null;
  }

  /**
   * Closes in order what is still open on the event loops that this connector has made itself, and
   * lets each end after its last connection: at most three times the close time-out later. Does not
   * wait for it. With a group of the user's this does nothing: close the pool, and shut the group
   * down afterwards; what is open on its loops then is closed at once.
   */
  @Override
  public void close() {
    loops.close();
  }
}
