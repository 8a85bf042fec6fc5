package io.fourtuple.pool;

import io.fourtuple.port.IdleHolder;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import io.fourtuple.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pool over many sources, destinations and endpoints. Whoever wants a connection gets an idle
 * one, or a new one on a local port that the {@link PortLedger} can spare, or waits: in order, for
 * a bounded time, in bounded company. Between event loops the order may be changed, by at most 250
 * ms, so that a connection stays on its own. The kernel's EADDRNOTAVAIL never reaches a caller.
 *
 * <p>Thread-safe. Callers are called back without a lock, on the thread that made their connection
 * available. Whoever makes a pool closes it.
 *
 * @param <C> the connections' type
 */
public final class ConnectionPool<C> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConnectionPool.class);

  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Connector<C> connector;
  private final PoolConfig config;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final Supplier<RandomGenerator> random;
  private final List<PoolListener> listeners;
  private final boolean hasListeners;
  private final TroubleLog troubles;
  private final LeakDetector<C> leaks;
  private final Destinations<C> destinations = new Destinations<>(this);
  private final Errands errands = new Errands();
  private final IdleHolder holder = new Holder();
  private final EndpointResolver resolver;
  private final Set<SourceAddress> gone = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  ConnectionPool(ConnectionPoolBuilder<C> builder) {
    connector = builder.connector;
    config = builder.config();
    ticker = connector.ledger().ticker();
    scheduler = builder.scheduler != null ? builder.scheduler : connector.ledger().scheduler();
    random = builder.random;
    List<PoolListener> all = new ArrayList<>(builder.listeners);
    all.add(new FlightRecords());
    troubles =
        new TroubleLog(connector.ledger(), scheduler, ticker, this::snapshot, TroubleLog.LOGGED);
    if (builder.logsTroubles) {
      all.add(troubles);
    }
    hasListeners = !builder.listeners.isEmpty();
    listeners = List.copyOf(all);
    leaks = new LeakDetector<>(config.leakDetection());
    resolver = builder.resolver != null ? builder.resolver : EndpointResolver.jdk();
    connector.ledger().addHolder(holder);
  }

  /** Begins a pool over a connector. */
  public static <C> ConnectionPoolBuilder<C> builder(Connector<C> connector) {
    return new ConnectionPoolBuilder<>(
        Objects.requireNonNull(connector, "connector must not be null"));
  }

  /** A pool with all defaults. */
  public static <C> ConnectionPool<C> of(Connector<C> connector) {
    return builder(connector).build();
  }

  // ---- acquire

  /**
   * Gives an idle connection, if there is one and nobody waits for it; opens none.
   *
   * @return null where there is none
   */
  public @Nullable Lease<C> tryAcquire(Destination destination) {
    Objects.requireNonNull(destination, "destination must not be null");
    DestinationPool<C> pool = destinations.find(destination);
    if (pool == null || isClosed) {
      return null;
    }
    Object affinity = connector.affinity();
    Lease<C> atHand = pool.lendAtHand(affinity);
    return atHand != null ? atHand : pool.tryAcquire(affinity);
  }

  /** Gives what the current thread has at hand; null where there is more to do. */
  private @Nullable Lease<C> lendAtHand(Destination destination) {
    Objects.requireNonNull(destination, "destination must not be null");
    DestinationPool<C> pool = destinations.find(destination);
    return pool == null || isClosed ? null : pool.lendAtHand(connector.affinity());
  }

  /**
   * Waits for a connection, without holding a monitor, so virtual threads may.
   *
   * @param timeout zero or negative for no waiting at all: where no connection idles, the caller is
   *     refused at once, for want of ports or of time; a connect that it has begun serves the next
   * @throws PoolException where there is none: {@link AcquireTimeoutException}, {@link
   *     TooManyWaitersException}, {@link ConnectFailedException}, {@link NameResolutionException},
   *     {@link PoolClosedException}
   * @throws io.fourtuple.port.PortsExhaustedException where no local port can be had in time
   * @throws InterruptedException where the thread is interrupted while it waits
   * @throws IllegalStateException on an event loop, which would wait for itself
   */
  public Lease<C> acquire(Destination destination, Duration timeout)
      throws IOException, InterruptedException {
    if (connector.isEventLoop()) {
      throw new IllegalStateException(
          "a blocking acquire on an event loop would wait for itself; use acquireAsync");
    }
    Lease<C> atHand = lendAtHand(destination);
    if (atHand != null) {
      return atHand;
    }
    CompletableFuture<Lease<C>> future = acquireAsync(destination, timeout);
    try {
      return future.get();
    } catch (InterruptedException e) {
      if (!future.cancel(false) && !future.isCompletedExceptionally()) {
        future.join().close();
      }
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    }
  }

  /**
   * The same without blocking. Cancelling the future gives up waiting; where a connection arrives
   * at the same moment, it goes back to the pool.
   *
   * @return completes with a lease, or with what {@link #acquire(Destination, Duration)} throws
   */
  public CompletableFuture<Lease<C>> acquireAsync(Destination destination, Duration timeout) {
    PendingLease<C> future = new PendingLease<>();
    future.waiting(acquire(destination, timeout, future));
    return future;
  }

  /**
   * The same with a callback.
   *
   * @return gives up waiting; a callback that is under way, or over, is not taken back
   */
  public Cancellable acquire(
      Destination destination, Duration timeout, AcquireCallback<C> callback) {
    Objects.requireNonNull(callback, "callback must not be null");
    Objects.requireNonNull(timeout, "timeout must not be null");
    Lease<C> atHand = lendAtHand(destination);
    if (atHand != null) {
      Waiter.serve(callback, atHand);
      return () -> {};
    }
    long now = now();
    Waiter<C> waiter =
        new Waiter<>(
            callback, now, Deadline.after(now, timeout), connector.affinity(), leaks.place());
    while (!isClosed) {
      DestinationPool<C> pool = destinations.findOrBegin(destination);
      if (pool.acquire(waiter)) {
        if (isClosed) {
          pool.close(); // it began after close() had looked
        }
        return () -> pool.abandon(waiter);
      }
      if (!isClosed) {
        forget(pool); // it closed by itself, being unused
      }
    }
    PoolClosedException why = new PoolClosedException(destination);
    tell(listener -> listener.refused(destination, why));
    waiter.failed(why);
    return () -> {};
  }

  // ---- ahead of callers

  /**
   * Opens as many connections to a destination as are to be kept idle, at the pace that was set,
   * and keeps that many until the pool closes, used or not.
   *
   * @return completes with how the destination stands when that many idle, or earlier where no more
   *     can be had for now: every endpoint is down, ports are scarce, connects have failed, or the
   *     name cannot be resolved. {@link DestinationSnapshot#idle()} says what was reached; the pool
   *     goes on trying. Completes with a {@link PoolClosedException} where the pool closes first.
   *     Cancelling it changes nothing else
   */
  public CompletableFuture<DestinationSnapshot> warmUp(Destination destination) {
    Objects.requireNonNull(destination, "destination must not be null");
    CompletableFuture<DestinationSnapshot> reached = new CompletableFuture<>();
    while (!isClosed) {
      DestinationPool<C> pool = destinations.findOrBegin(destination);
      if (pool.warmUp(reached)) {
        if (isClosed) {
          pool.close(); // it began after close() had looked
        }
        return reached;
      }
      if (!isClosed) {
        forget(pool);
      }
    }
    reached.completeExceptionally(new PoolClosedException(destination));
    return reached;
  }

  /** Nothing is left of a destination. */
  void forget(DestinationPool<C> pool) {
    destinations.forget(pool);
  }

  // ---- looking

  /** How the pool stands now. */
  public PoolSnapshot snapshot() {
    return destinations.snapshot(gone);
  }

  /** What time-outs are counted by. */
  public Ticker ticker() {
    return ticker;
  }

  /** What runs time-outs. */
  public Scheduler scheduler() {
    return scheduler;
  }

  /** Whether the current thread must not block, as {@link Connector#isEventLoop} says. */
  public boolean isEventLoop() {
    return connector.isEventLoop();
  }

  // ---- closing

  /**
   * Closes the pool: new and waiting callers are refused, idle connections closed at once, those in
   * use when they come back, at the latest after {@code drain}.
   *
   * @param drain zero or negative closes those in use at once
   * @return completes when every connection is gone
   */
  public CompletableFuture<Void> close(Duration drain) {
    Objects.requireNonNull(drain, "drain must not be null");
    isClosed = true;
    troubles.close();
    connector.ledger().removeHolder(holder);
    List<DestinationPool<C>> all = List.copyOf(destinations.all());
    Runnable closeHard = () -> all.forEach(DestinationPool::closeHard);
    all.forEach(DestinationPool::close);
    CompletableFuture<?>[] gone =
        all.stream().map(DestinationPool::drained).toArray(CompletableFuture<?>[]::new);
    if (drain.isNegative() || drain.isZero()) {
      closeHard.run();
      return CompletableFuture.allOf(gone);
    }
    Cancellable timer = scheduler.schedule(closeHard, drain);
    return CompletableFuture.allOf(gone).whenComplete((nothing, failure) -> timer.cancel());
  }

  /** Closes the pool, and waits until every connection is gone, about 10 s at most. */
  @Override
  public void close() {
    CompletableFuture<Void> gone = close(DRAIN);
    if (!connector.isEventLoop()) {
      gone.join();
    }
  }

  // ---- for destinations

  Connector<C> connector() {
    return connector;
  }

  PoolConfig config() {
    return config;
  }

  Destinations<C> destinations() {
    return destinations;
  }

  EndpointResolver resolver() {
    return resolver;
  }

  Errands errands() {
    return errands;
  }

  LeakDetector<C> leaks() {
    return leaks;
  }

  RandomGenerator random() {
    return random.get();
  }

  long now() {
    return ticker.read();
  }

  /** How long a new connection may be used: a tenth of the lifetime is left to chance. */
  long lifetimeNanos() {
    long most = config.maxLifetime().toNanos();
    return most - (long) (most / 10.0 * random().nextDouble());
  }

  /** Whether users' listeners hear; our own want to know of no acquire at once. */
  boolean hasListeners() {
    return hasListeners;
  }

  void tell(Consumer<PoolListener> event) {
    for (PoolListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException | Error e) { // an Error too: callers are still to be told
        log.warn("a pool listener failed", e);
      }
    }
  }

  /** Gives up idle connections of all destinations when the ledger asks. */
  private final class Holder implements IdleHolder {
    @Override
    public OptionalLong idleSince(Route route) {
      OptionalLong oldest = OptionalLong.empty();
      for (DestinationPool<C> pool : destinations.at(route.endpoint())) {
        OptionalLong since = pool.eviction().idleSince(route);
        if (since.isPresent() && (oldest.isEmpty() || since.getAsLong() - oldest.getAsLong() < 0)) {
          oldest = since;
        }
      }
      return oldest;
    }

    @Override
    public boolean giveUp(Route route) {
      DestinationPool<C> holds = null;
      long since = 0;
      for (DestinationPool<C> pool : destinations.at(route.endpoint())) {
        OptionalLong idle = pool.eviction().idleSince(route);
        if (idle.isPresent() && (holds == null || idle.getAsLong() - since < 0)) {
          holds = pool;
          since = idle.getAsLong();
        }
      }
      return holds != null && holds.eviction().giveUp(route);
    }

    @Override
    public void sourceGone(SourceAddress source) {
      gone.add(source);
      tell(listener -> listener.sourceGone(source));
      destinations.all().forEach(pool -> pool.eviction().sourceGone(source));
    }

    @Override
    public void sourceBack(SourceAddress source) {
      gone.remove(source);
      tell(listener -> listener.sourceBack(source));
    }

    @Override
    public void sourceAdded(SourceAddress source) {
      destinations.all().forEach(pool -> pool.connecting().shortages().sourceAdded());
    }

    @Override
    public void sourceForgotten(SourceAddress source) {
      gone.remove(source);
    }
  }
}
