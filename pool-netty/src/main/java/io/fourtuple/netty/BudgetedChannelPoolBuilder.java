package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;

import io.fourtuple.host.HostPorts;
import io.fourtuple.host.TransportAbilities;
import io.fourtuple.pool.PoolListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.pool.ChannelHealthChecker;
import io.netty.channel.pool.ChannelPoolHandler;
import io.netty.channel.pool.FixedChannelPool.AcquireTimeoutAction;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link BudgetedChannelPool}. The names and defaults are those of Netty's pools, but where
 * the methods say otherwise. Refuses what cannot work instead of mending it. Not thread-safe.
 */
public final class BudgetedChannelPoolBuilder {
  private static final Duration LONGEST = Duration.ofDays(365);

  private final Bootstrap bootstrap;
  private final ChannelPoolHandler handler;
  private final List<PoolListener> listeners = new ArrayList<>();
  private @Nullable HostPorts ports;
  private ChannelHealthChecker healthChecker = ChannelHealthChecker.ACTIVE;
  private boolean releaseHealthCheck = true;
  private int maxConnections = Integer.MAX_VALUE;
  private int maxPendingAcquires = 10_000;
  private @Nullable Duration acquireTimeout;
  private boolean opensNewOnTimeout;
  private Duration maxIdleTime = Duration.ofSeconds(60);
  private Duration maxLifetime = Duration.ofMinutes(30);

  BudgetedChannelPoolBuilder(Bootstrap bootstrap, ChannelPoolHandler handler) {
    this.bootstrap = requireNonNull(bootstrap, "bootstrap must not be null").clone();
    this.handler = requireNonNull(handler, "handler must not be null");
  }

  /**
   * Whose ports and sources are used; {@link HostPorts#shared()} by default. Pools with the same
   * ledger share their ports fairly.
   */
  public BudgetedChannelPoolBuilder ports(HostPorts ports) {
    this.ports = requireNonNull(ports, "ports must not be null");
    return this;
  }

  /**
   * Says which idle channels can be lent, on their event loops; {@link ChannelHealthChecker#ACTIVE}
   * by default.
   */
  public BudgetedChannelPoolBuilder healthChecker(ChannelHealthChecker healthChecker) {
    this.healthChecker = requireNonNull(healthChecker, "healthChecker must not be null");
    return this;
  }

  /** Whether released channels are checked too; true by default. */
  public BudgetedChannelPoolBuilder releaseHealthCheck(boolean releaseHealthCheck) {
    this.releaseHealthCheck = releaseHealthCheck;
    return this;
  }

  /**
   * How many channels may be acquired at a time: released, or given up, and not only closed, is
   * what makes room for others.
   *
   * @param count 1 or more; unlimited by default
   */
  public BudgetedChannelPoolBuilder maxConnections(int count) {
    maxConnections = atLeastOne("maxConnections", count);
    return this;
  }

  /**
   * How many acquires may wait until a channel is released; without {@link #maxConnections} how
   * many may wait for a port or a connect.
   *
   * @param count 1 or more; 10,000 by default
   */
  public BudgetedChannelPoolBuilder maxPendingAcquires(int count) {
    maxPendingAcquires = atLeastOne("maxPendingAcquires", count);
    return this;
  }

  /** The same as {@link #acquireTimeout(Duration, AcquireTimeoutAction)} with {@code FAIL}. */
  public BudgetedChannelPoolBuilder acquireTimeout(Duration timeout) {
    return acquireTimeout(timeout, AcquireTimeoutAction.FAIL);
  }

  /**
   * How long an acquire waits for a release. With {@code FAIL} for a port too, in all, yet 50 ms at
   * the least; else, and by default, a port is awaited for as long as a connect may take. A connect
   * that has begun has its own time-out, the bootstrap's, 30 s by default.
   *
   * @param timeout zero to 365 days; no limit by default
   * @param action what happens then: the acquire fails, or goes on as if {@link #maxConnections}
   *     were one more
   */
  public BudgetedChannelPoolBuilder acquireTimeout(Duration timeout, AcquireTimeoutAction action) {
    if (timeout.isNegative() || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("acquireTimeout must be in 0..365 days, was " + timeout);
    }
    acquireTimeout = timeout;
    opensNewOnTimeout =
        requireNonNull(action, "action must not be null") == AcquireTimeoutAction.NEW;
    return this;
  }

  /**
   * How long a channel may idle. Netty's pools have no such limit.
   *
   * @param time 1 ms to 365 days; default 60 s
   * @see io.fourtuple.pool.ConnectionPoolBuilder#maxIdleTime
   */
  public BudgetedChannelPoolBuilder maxIdleTime(Duration time) {
    maxIdleTime = positive("maxIdleTime", time);
    return this;
  }

  /**
   * How old a channel may be when it is lent. Netty's pools have no such limit.
   *
   * @param time 1 ms to 365 days; default 30 min
   * @see io.fourtuple.pool.ConnectionPoolBuilder#maxLifetime
   */
  public BudgetedChannelPoolBuilder maxLifetime(Duration time) {
    maxLifetime = positive("maxLifetime", time);
    return this;
  }

  /** Adds somebody to be told what happens to connections and ports. */
  public BudgetedChannelPoolBuilder listener(PoolListener listener) {
    listeners.add(requireNonNull(listener, "listener must not be null"));
    return this;
  }

  /**
   * Makes the pool, after trying a channel for what it can do. Reads the kernel's socket table
   * where sources are given.
   *
   * @throws IllegalArgumentException where the bootstrap has no group, no channel type, no remote
   *     IP address, or a local one, or its channels are no {@link SocketChannel}s; or where the
   *     ports cannot be used with them
   * @throws io.netty.channel.ChannelException where no socket can be opened
   */
  public BudgetedChannelPool build() {
    return new BudgetedChannelPool(settings(), sources());
  }

  /** Makes a pool on sources that depend on what the channels can do. */
  BudgetedChannelPool build(Function<TransportAbilities, Sources> sources) {
    return new BudgetedChannelPool(settings(), sources.apply(abilities()));
  }

  Sources sources() {
    var sources = (ports != null ? ports : HostPorts.shared()).forTransport(abilities());
    return new Sources(sources.ledger(), sources::reaching, sources.binds());
  }

  @SuppressWarnings("deprecation") // the type of the method, and of nothing else
  private TransportAbilities abilities() {
    var factory = bootstrap.config().channelFactory();
    Channel channel = checked("a channel", factory == null ? null : factory).newChannel();
    try {
      if (!(channel instanceof SocketChannel)) {
        throw new IllegalArgumentException(
            "bootstrap must make SocketChannels, was " + channel.getClass().getName());
      }
      return LocalBinding.abilities(channel);
    } finally {
      channel.unsafe().closeForcibly();
    }
  }

  ChannelPoolSettings settings() {
    checked("a group", bootstrap.config().group());
    if (bootstrap.config().localAddress() != null) {
      throw new IllegalArgumentException(
          "bootstrap must have no localAddress, which the ports say, was "
              + bootstrap.config().localAddress());
    }
    SocketAddress remote = checked("a remoteAddress", bootstrap.config().remoteAddress());
    if (!(remote instanceof InetSocketAddress address)) {
      throw new IllegalArgumentException(
          "bootstrap must have an IP address or a name as remoteAddress, was " + remote);
    }
    if (address.getPort() == 0) {
      throw new IllegalArgumentException(
          "bootstrap must have a remoteAddress with a port in 1..65535, was " + remote);
    }
    return new ChannelPoolSettings(
        bootstrap,
        address,
        handler,
        healthChecker,
        releaseHealthCheck,
        maxConnections,
        maxPendingAcquires,
        acquireTimeout,
        opensNewOnTimeout,
        maxIdleTime,
        maxLifetime,
        List.copyOf(listeners));
  }

  private static <T> T checked(String what, @Nullable T value) {
    if (value == null) {
      throw new IllegalArgumentException("bootstrap must have " + what + ", had none");
    }
    return value;
  }

  private static int atLeastOne(String field, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(field + " must be >= 1, was " + count);
    }
    return count;
  }

  private static Duration positive(String field, Duration time) {
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(field + " must be in 1 ms..365 days, was " + time);
    }
    return time;
  }
}
