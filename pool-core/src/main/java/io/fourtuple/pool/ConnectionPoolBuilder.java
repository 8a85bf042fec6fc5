package io.fourtuple.pool;

import io.fourtuple.time.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link ConnectionPool}; the defaults suit a proxy. Each method rejects what makes
 * no sense with the field's name, its rule and the value. Not thread-safe.
 *
 * @param <C> the connections' type
 */
public final class ConnectionPoolBuilder<C> {
  static final Duration LONGEST = Duration.ofDays(365);
  private static final Duration SHORTEST_ATTEMPT_DELAY = Duration.ofMillis(10);
  private static final Duration LONGEST_ATTEMPT_DELAY = Duration.ofSeconds(2);

  final Connector<C> connector;
  final List<PoolListener> listeners = new ArrayList<>();
  @Nullable Scheduler scheduler;
  @Nullable EndpointResolver resolver;

  /** Not where all interleavings of threads are tried: a log is no part of them. */
  boolean logsTroubles = true;

  Supplier<RandomGenerator> random = ThreadLocalRandom::current;
  private int maxWaiters = 10_000;
  private Duration portPatience = LONGEST;
  private int maxConnectingPerRoute = 64;
  private int maxIdlePerDestination = Integer.MAX_VALUE;
  private int minIdlePerDestination;
  private int warmUpConnecting = 4;
  private Duration warmUpInterval = Duration.ofMillis(10);
  private long maxUses = Long.MAX_VALUE;
  private Duration maxIdleTime = Duration.ofSeconds(60);
  private Duration maxLifetime = Duration.ofMinutes(30);
  private Duration connectTimeout = Duration.ofSeconds(10);
  private Duration connectionAttemptDelay = Duration.ofMillis(250);
  private int failuresUntilDown = 3;
  private Duration firstBackOff = Duration.ofMillis(500);
  private Duration longestBackOff = Duration.ofSeconds(30);
  private Duration slowStart = Duration.ofSeconds(10);
  private LeakDetection leakDetection = LeakDetection.ON;

  ConnectionPoolBuilder(Connector<C> connector) {
    this.connector = connector;
  }

  /**
   * How many callers may wait for one destination.
   *
   * @param count 0 or more; 0 refuses whoever finds no idle connection; default 10,000
   */
  public ConnectionPoolBuilder<C> maxWaiters(int count) {
    maxWaiters = atLeast("maxWaiters", 0, count);
    return this;
  }

  /**
   * How long callers wait for a port while nothing moves. Where all ports are in use, nobody knows
   * whether one comes free in time: requests without an end may hold them. So once nobody who waits
   * for the destination has got a connection or a port for this long, all who wait for a port are
   * refused with {@link io.fourtuple.port.PortsExhaustedException}, and whoever comes is refused at
   * once, but for one caller at a time, who waits so long to see whether it moves again. Those wait
   * on for whom a port is under way: being closed, left alone for a while, or known to have rested
   * in time.
   *
   * <p>Should be longer than the usual response time divided by the number of ports, or else short
   * waits are refused.
   *
   * @param time 1 ms to 365 days; by default the longest, so that the callers' deadlines decide
   */
  public ConnectionPoolBuilder<C> portPatience(Duration time) {
    portPatience = positive("portPatience", time);
    return this;
  }

  /**
   * How many connects a destination may have in progress on one route: paces what would otherwise
   * be a burst of SYNs.
   *
   * @param count 1 or more; default 64
   */
  public ConnectionPoolBuilder<C> maxConnectingPerRoute(int count) {
    maxConnectingPerRoute = atLeast("maxConnectingPerRoute", 1, count);
    return this;
  }

  /**
   * How many connections to one destination may idle. A bound has a price: idle connections are
   * then counted under a lock, at each acquire and release.
   *
   * @param count 0 or more; unlimited by default, because too small a number costs ports: what is
   *     closed today is opened again tomorrow
   */
  public ConnectionPoolBuilder<C> maxIdlePerDestination(int count) {
    maxIdlePerDestination = atLeast("maxIdlePerDestination", 0, count);
    return this;
  }

  /**
   * How many connections to one destination are kept idle, for callers to come. A destination that
   * was {@linkplain ConnectionPool#warmUp warmed up} is kept so until the pool closes; one that was
   * only used, until it was not used for as long as a connection may idle. Connections that end,
   * for whatever reason, are replaced, those that had idled too long included: each costs a connect
   * per {@link #maxIdleTime}, and a port that rests after it.
   *
   * <p>Callers and ports come first: nothing is opened ahead while a caller waits for the
   * destination, nor on a port that would bring its route to the high mark, is the last one, or is
   * waited for by anybody; and what was given up for others is not replaced for 10 s.
   *
   * @param count 0 to {@link #maxIdlePerDestination}; default 0
   */
  public ConnectionPoolBuilder<C> minIdlePerDestination(int count) {
    minIdlePerDestination = atLeast("minIdlePerDestination", 0, count);
    return this;
  }

  /**
   * How fast connections are opened ahead of callers, per destination. The default is at most 100
   * connects per second, which a full TLS handshake each (about 1 ms of a server's core) makes a
   * tenth of a core, and at most 4 at a time, so that a slow server is asked less often.
   *
   * @param connecting connects in progress, 1 or more; default 4
   * @param interval from the beginning of one to that of the next, 1 ms to 365 days; default 10 ms
   */
  public ConnectionPoolBuilder<C> warmUpPace(int connecting, Duration interval) {
    atLeast("connecting", 1, connecting);
    warmUpInterval = positive("interval", interval);
    warmUpConnecting = connecting;
    return this;
  }

  /**
   * How often a connection is used at most.
   *
   * @param count 1 or more; unlimited by default
   */
  public ConnectionPoolBuilder<C> maxUses(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("maxUses must be >= 1, was " + count);
    }
    maxUses = count;
    return this;
  }

  /**
   * How long a connection may idle, to a hundredth of that time.
   *
   * @param time 1 ms to 365 days; default 60 s, which is below what servers, balancers and NATs
   *     commonly allow (AWS NAT 350 s, Azure 240 s, nginx 75 s)
   */
  public ConnectionPoolBuilder<C> maxIdleTime(Duration time) {
    maxIdleTime = positive("maxIdleTime", time);
    return this;
  }

  /**
   * How long a connection is used at most, to a hundredth of that time. Each gets up to a tenth
   * less, at random, so that those opened together do not end together.
   *
   * @param time 1 ms to 365 days; default 30 min
   */
  public ConnectionPoolBuilder<C> maxLifetime(Duration time) {
    maxLifetime = positive("maxLifetime", time);
    return this;
  }

  /**
   * How long one connect may take, handshakes included: the deadline that the connector is given.
   *
   * @param time 1 ms to 365 days; default 10 s
   */
  public ConnectionPoolBuilder<C> connectTimeout(Duration time) {
    connectTimeout = positive("connectTimeout", time);
    return this;
  }

  /**
   * How long a connect to an address of a {@linkplain Destination#named name} may take until
   * another one is begun beside it, to another address of the name. The first that stands serves
   * whoever waits first; what nobody waits for any more is cancelled. Both have a port of their
   * own, and the second is begun only where a port is free, and the {@linkplain
   * Connector#whenOverdue connector} says that there was time for an answer.
   *
   * @param delay 10 ms to 2 s; default 250 ms, all as RFC 8305, section 8, says
   */
  public ConnectionPoolBuilder<C> connectionAttemptDelay(Duration delay) {
    if (delay.compareTo(SHORTEST_ATTEMPT_DELAY) < 0 || delay.compareTo(LONGEST_ATTEMPT_DELAY) > 0) {
      throw new IllegalArgumentException(
          "connectionAttemptDelay must be in 10 ms..2 s, was " + delay);
    }
    connectionAttemptDelay = delay;
    return this;
  }

  /**
   * When an endpoint is left alone: after so many failed connects in a row.
   *
   * @param failures 1 or more; default 3
   */
  public ConnectionPoolBuilder<C> failuresUntilDown(int failures) {
    failuresUntilDown = atLeast("failuresUntilDown", 1, failures);
    return this;
  }

  /**
   * How long an endpoint is left alone: {@code first}, doubling with every further failure up to
   * {@code longest}, each varied by a fifth. A resolver that fails is asked again as seldom, and
   * not within 1 s where it has answered before.
   *
   * @param first 1 ms to {@code longest}; default 500 ms
   * @param longest up to 365 days; default 30 s
   */
  public ConnectionPoolBuilder<C> backOff(Duration first, Duration longest) {
    positive("longest", longest);
    if (positive("first", first).compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          "first must be <= longest (" + longest + "), was " + first);
    }
    firstBackOff = first;
    longestBackOff = longest;
    return this;
  }

  /**
   * How long an endpoint that was down, or is new to its name, takes to get its full share of new
   * connections. It counts for a tenth at first, and then for as much of the others as the time
   * that has passed; no caller waits for its sake. Idle connections are lent as always.
   *
   * @param time zero for its full share at once, up to 365 days; default 10 s
   */
  public ConnectionPoolBuilder<C> slowStart(Duration time) {
    if (time.isNegative() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("slowStart must be in 0..365 days, was " + time);
    }
    slowStart = time;
    return this;
  }

  /** Whether lost leases are found; default {@link LeakDetection#ON}. */
  public ConnectionPoolBuilder<C> leakDetection(LeakDetection mode) {
    leakDetection = Objects.requireNonNull(mode, "leakDetection must not be null");
    return this;
  }

  /** Adds somebody to be told what happens. */
  public ConnectionPoolBuilder<C> listener(PoolListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener must not be null"));
    return this;
  }

  /** What finds the endpoints of destinations by name; default {@link EndpointResolver#jdk()}. */
  public ConnectionPoolBuilder<C> resolver(EndpointResolver resolver) {
    this.resolver = Objects.requireNonNull(resolver, "resolver must not be null");
    return this;
  }

  /** What runs timers; default is the ledger's scheduler. */
  public ConnectionPoolBuilder<C> scheduler(Scheduler scheduler) {
    this.scheduler = Objects.requireNonNull(scheduler, "scheduler must not be null");
    return this;
  }

  /** Where chance comes from, so that a run can be repeated; must be thread-safe. */
  public ConnectionPoolBuilder<C> random(RandomGenerator random) {
    Objects.requireNonNull(random, "random must not be null");
    this.random = () -> random;
    return this;
  }

  /**
   * Makes the pool.
   *
   * @throws IllegalArgumentException where more connections are to be kept idle than may idle
   */
  public ConnectionPool<C> build() {
    return new ConnectionPool<>(this);
  }

  PoolConfig config() {
    if (minIdlePerDestination > maxIdlePerDestination) {
      throw new IllegalArgumentException(
          "minIdlePerDestination must be <= maxIdlePerDestination ("
              + maxIdlePerDestination
              + "), was "
              + minIdlePerDestination);
    }
    return new PoolConfig(
        maxWaiters,
        portPatience,
        maxConnectingPerRoute,
        maxIdlePerDestination,
        minIdlePerDestination,
        warmUpConnecting,
        warmUpInterval,
        maxUses,
        maxIdleTime,
        maxLifetime,
        connectTimeout,
        connectionAttemptDelay,
        failuresUntilDown,
        firstBackOff,
        longestBackOff,
        slowStart,
        leakDetection);
  }

  private static int atLeast(String field, int least, int value) {
    if (value < least) {
      throw new IllegalArgumentException(field + " must be >= " + least + ", was " + value);
    }
    return value;
  }

  private static Duration positive(String field, Duration value) {
    Objects.requireNonNull(value, field + " must not be null");
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(field + " must be in 1 ms..365 days, was " + value);
    }
    return value;
  }
}
