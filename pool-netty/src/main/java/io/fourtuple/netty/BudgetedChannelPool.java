package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.time.Scheduler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.pool.ChannelPool;
import io.netty.channel.pool.ChannelPoolHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A Netty {@link ChannelPool} on port budgets, in the place of {@link
 * io.netty.channel.pool.SimpleChannelPool} and {@link io.netty.channel.pool.FixedChannelPool}.
 *
 * <pre>{@code
 * ChannelPool pool =
 *     BudgetedChannelPool.builder(bootstrap, handler)
 *         .ports(HostPorts.builder().sources("10.0.0.5", "10.0.0.6").build())
 *         .maxConnections(500)
 *         .acquireTimeout(Duration.ofSeconds(2))
 *         .build();
 * }</pre>
 *
 * <p>Each connect gets its source address and local port from the ledger. A port that the kernel
 * refuses is answered with a new channel on another one, and no caller notices; where the budget is
 * spent, acquires wait in order.
 *
 * <table>
 * <caption>What Netty's pools say, and what this does</caption>
 * <tr><th>there</th><th>here</th></tr>
 * <tr><td>a closed channel is not handed out, an unhealthy one is closed and another one tried;
 *     checked on the channel's event loop</td><td>the same; a new one is not checked</td></tr>
 * <tr><td>the hooks of the handler run on the channel's event loop; one that throws fails its
 *     acquire or release, and closes the channel</td><td>the same, for {@code channelCreated} too,
 *     which Netty only logs, and which is called for a channel whose port is refused, too</td></tr>
 * <tr><td>release of a channel of another pool, or of none, or twice: {@link
 *     IllegalArgumentException}, and the channel is closed</td><td>the same; the pool that it
 *     belongs to still counts it until it is released there</td></tr>
 * <tr><td>a failed connect fails the acquire with its exception</td><td>the same; where a name has
 *     several addresses, after all have failed. A name none of whose addresses can be connected to
 *     is left alone for a while ({@link java.net.ConnectException})</td></tr>
 * <tr><td>{@code maxConnections}: channels that are acquired and not released</td><td>the same; no
 *     limit by default</td></tr>
 * <tr><td>{@code maxPendingAcquires}: unlimited by default; else {@link
 *     IllegalStateException}</td><td>10,000 by default; without {@code maxConnections} it counts
 *     those that wait for a port or a connect</td></tr>
 * <tr><td>{@code acquireTimeoutMillis}: the wait for a release, without limit by default, ends with
 *     {@link java.util.concurrent.TimeoutException}, or with a channel beyond {@code
 *     maxConnections}</td><td>the same, and it covers the wait for a port, which ends with the
 *     pool's own exception as the cause; by default, or where a channel beyond the limit is asked
 *     for, a port is awaited for as long as a connect may take</td></tr>
 * <tr><td>{@code lastRecentUsed}: most recently used first by default</td><td>always so: the other
 *     order keeps more ports in use than are needed</td></tr>
 * <tr><td>{@code releaseHealthCheck}: an unhealthy channel is not lent again</td><td>the same, and
 *     it is closed</td></tr>
 * <tr><td>idle channels stay</td><td>they are closed after 60 s, or 30 min in all, or when their
 *     port is wanted elsewhere</td></tr>
 * <tr><td>after {@code close} acquires and releases fail with {@link IllegalStateException};
 *     acquired channels are the user's until then</td><td>the same</td></tr>
 * <tr><td>the bootstrap's {@code localAddress} is used</td><td>refused: the ports say where
 *     connections come from</td></tr>
 * </table>
 *
 * <p>A channel that is never released stays the user's, and is not looked for.
 *
 * <p>Thread-safe. Works with Netty 4.1 and 4.2, and with NIO, epoll, io_uring and kqueue.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of closes, which nobody waits for
public final class BudgetedChannelPool implements ChannelPool {
  /** Channels in use are the user's, for however long. */
  private static final Duration NO_DRAIN = Duration.ofDays(365);

  private static final int CLOSE_SECONDS = 10;

  private final ChannelPoolSettings settings;
  private final EventLoopGroup group;
  private final EventLoop executor;
  private final BootstrapConnector connector;
  private final BootstrapDestination destination;
  private final ConnectionPool<Channel> connections;
  private final AcquireGate gate;
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private final Promise<Void> closed = GlobalEventExecutor.INSTANCE.newPromise();

  /**
   * A pool with the ports of {@link io.fourtuple.host.HostPorts#shared()}, which gives out channels
   * that are {@linkplain ChannelHealthChecker#ACTIVE active}.
   *
   * @see BudgetedChannelPoolBuilder#build()
   */
  public BudgetedChannelPool(Bootstrap bootstrap, ChannelPoolHandler handler) {
    this(builder(bootstrap, handler));
  }

  /**
   * The same with a health check.
   *
   * @see BudgetedChannelPoolBuilder#build()
   */
  public BudgetedChannelPool(
      Bootstrap bootstrap, ChannelPoolHandler handler, ChannelHealthChecker healthChecker) {
    this(builder(bootstrap, handler).healthChecker(healthChecker));
  }

  /**
   * The same with a limit.
   *
   * @param maxConnections how many channels may be acquired at a time, 1 or more
   * @see BudgetedChannelPoolBuilder#build()
   */
  public BudgetedChannelPool(Bootstrap bootstrap, ChannelPoolHandler handler, int maxConnections) {
    this(builder(bootstrap, handler).maxConnections(maxConnections));
  }

  private BudgetedChannelPool(BudgetedChannelPoolBuilder builder) {
    this(builder.settings(), builder.sources());
  }

  BudgetedChannelPool(ChannelPoolSettings settings, Sources sources) {
    this.settings = settings;
    Bootstrap bootstrap = settings.bootstrap();
    this.group = bootstrap.config().group();
    this.executor = group.next();
    this.destination =
        new BootstrapDestination(bootstrap, settings.remote(), sources.ledger().ticker());
    this.connector =
        new BootstrapConnector(sources, bootstrap, settings.handler(), destination::connectFailed);
    this.connections = settings.connections(connector);
    this.gate = settings.gate();
  }

  /**
   * Begins a pool.
   *
   * @param bootstrap says the event loops, the type and the options of channels, and where to
   *     connect to, which a resolver of its may look up; it is copied, and a handler of its own is
   *     not used
   * @param handler whose hooks are called, and which fills the pipelines
   */
  public static BudgetedChannelPoolBuilder builder(
      Bootstrap bootstrap, ChannelPoolHandler handler) {
    return new BudgetedChannelPoolBuilder(bootstrap, handler);
  }

  // ---- acquire

  @Override
  public Future<Channel> acquire() {
    return acquire(group.next().newPromise());
  }

  /**
   * Acquires a channel. Cancelling the promise gives up: a connection that comes all the same goes
   * to the next.
   */
  @Override
  public Future<Channel> acquire(Promise<Channel> promise) {
    requireNonNull(promise, "promise must not be null");
    new ChannelAcquire(this, promise).begin();
    return promise;
  }

  /** How many channels are acquired, or on their way to those who acquire them; 0 once closed. */
  public int acquiredChannelCount() {
    return gate.acquired();
  }

  /** How the connections stand; its counters say what the kernel has refused. */
  public PoolSnapshot snapshot() {
    return connections.snapshot();
  }

  // ---- release

  @Override
  public Future<Void> release(Channel channel) {
    requireNonNull(channel, "channel must not be null");
    return release(channel, channel.eventLoop().newPromise());
  }

  @Override
  public Future<Void> release(Channel channel, Promise<Void> promise) {
    requireNonNull(channel, "channel must not be null");
    requireNonNull(promise, "promise must not be null");
    EventLoop loop = channel.eventLoop();
    if (loop.inEventLoop()) {
      releaseNow(channel, promise);
      return promise;
    }
    try {
      loop.execute(() -> releaseNow(channel, promise));
    } catch (RejectedExecutionException shutDown) {
      releaseNow(channel, promise); // nothing else happens to the channel any more
    }
    return promise;
  }

  private void releaseNow(Channel channel, Promise<Void> promise) {
    PoolChannel pooled = PoolChannel.find(channel);
    ChannelAcquire user = pooled == null ? null : pooled.user();
    if (pooled == null || user == null || user.pool() != this) {
      channel.close();
      promise.tryFailure(
          new IllegalArgumentException("channel must be acquired from this pool, was " + channel));
      return;
    }
    pooled.takeBack();
    if (gate.isClosed()) {
      user.end(false);
      promise.tryFailure(PoolFailures.closed(this));
    } else if (settings.releaseHealthCheck()) {
      checkRelease(channel, user, promise);
    } else {
      released(channel, user, promise, true);
    }
  }

  private void checkRelease(Channel channel, ChannelAcquire user, Promise<Void> promise) {
    Future<Boolean> health;
    try {
      health =
          Objects.requireNonNull(
              healthChecker().isHealthy(channel), "isHealthy must not return null");
    } catch (RuntimeException | Error e) {
      user.end(false);
      promise.tryFailure(e);
      return;
    }
    PoolFutures.whenDone(
        health, channel, () -> released(channel, user, promise, PoolFutures.isTrue(health)));
  }

  private void released(
      Channel channel, ChannelAcquire user, Promise<Void> promise, boolean isReusable) {
    try {
      handler().channelReleased(channel);
    } catch (Exception | Error e) {
      user.end(false);
      promise.tryFailure(e);
      return;
    }
    user.end(isReusable);
    promise.trySuccess(null);
  }

  // ---- close

  /**
   * Closes the pool, and waits until what idles is closed, 10 s at most; does not wait on an event
   * loop of the pool's.
   */
  @Override
  public void close() {
    Future<Void> done = closeAsync();
    if (!isOnEventLoop()) {
      done.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private boolean isOnEventLoop() {
    for (EventExecutor each : group) {
      if (each.inEventLoop()) {
        return true;
      }
    }
    return GlobalEventExecutor.INSTANCE.inEventLoop();
  }

  /**
   * Closes the pool without ever waiting: new and waiting acquires fail, what idles is closed, and
   * what is acquired when it is released.
   *
   * @return succeeds when what idles is closed
   */
  public Future<Void> closeAsync() {
    if (isClosing.compareAndSet(false, true)) {
      gate.close().forEach(ChannelAcquire::refuse);
      destination.refuseAll(PoolFailures.closed(this));
      connections.close(NO_DRAIN);
      List<Channel> closing =
          connector.open().stream()
              .filter(pooled -> pooled.user() == null)
              .map(PoolChannel::channel)
              .filter(channel -> !channel.eventLoop().isShutdown())
              .toList();
      AtomicInteger left = new AtomicInteger(closing.size() + 1);
      closing.forEach(channel -> channel.closeFuture().addListener(gone -> closedOne(left)));
      closedOne(left);
    }
    return closed;
  }

  private void closedOne(AtomicInteger left) {
    if (left.decrementAndGet() == 0) {
      closed.trySuccess(null);
    }
  }

  @Override
  public String toString() {
    return "BudgetedChannelPool(" + settings.remote() + ", acquired=" + gate.acquired() + ")";
  }

  // ---- for the acquires

  ConnectionPool<Channel> connections() {
    return connections;
  }

  BootstrapDestination destination() {
    return destination;
  }

  AcquireGate gate() {
    return gate;
  }

  ChannelPoolSettings settings() {
    return settings;
  }

  ChannelPoolHandler handler() {
    return settings.handler();
  }

  ChannelHealthChecker healthChecker() {
    return settings.healthChecker();
  }

  EventLoop executor() {
    return executor;
  }

  Scheduler scheduler() {
    return connector.ledger().scheduler();
  }

  long now() {
    return connector.ledger().ticker().read();
  }
}
