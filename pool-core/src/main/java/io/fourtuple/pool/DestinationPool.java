package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a pool has to do with one destination: the callers that wait for it, {@link Connections}
 * that are there, {@link Connecting}, which makes them, and {@link Resolving}, which finds where
 * to.
 *
 * <p>One {@link Section} guards them all. Nothing foreign is called inside: neither connector,
 * ledger, listener nor caller. Methods say where they have to be called inside.
 */
final class DestinationPool<C> {
  private final ConnectionPool<C> pool;
  private final Destination destination;
  private final Section section;
  private final Counters counters = new Counters();
  private final Endpoints<C> endpoints;
  private final WaitQueue<C> queue = new WaitQueue<>();
  private final Connections<C> connections;
  private final Eviction<C> eviction;
  private final Connecting<C> connecting;
  private final Resolving<C> resolving;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  /** Written inside, read anywhere. */
  private volatile boolean isClosed;

  DestinationPool(ConnectionPool<C> pool, Destination destination) {
    this.pool = pool;
    this.destination = destination;
    this.section = new Section(pool.errands());
    this.connections = new Connections<>(this, pool);
    this.endpoints = new Endpoints<>(destination, connections, pool.connector(), pool.config());
    this.eviction = new Eviction<>(this, pool);
    this.connecting = new Connecting<>(this, pool);
    this.resolving = new Resolving<>(this, pool);
  }

  // ---- acquire

  /** Lends what the current thread has at hand, where nobody waits; null for none. */
  @Nullable Lease<C> lendAtHand(@Nullable Object affinity) {
    return queue.sizeNow() == 0 ? connections.lendAtHand(affinity) : null;
  }

  /** An idle connection, never past somebody who waits; null for none. */
  @Nullable Lease<C> tryAcquire(@Nullable Object affinity) {
    Lease<C> lease;
    do {
      section.enter();
      try {
        lease = queue.isEmpty() ? connections.lend(affinity) : null;
      } finally {
        section.leave();
      }
    } while (lease != null && !connections.handover().isFit(lease));
    return lease == null
        ? null
        : connections.handover().handOver(lease, Duration.ZERO, pool.leaks().place());
  }

  /**
   * Serves the caller, or lets it wait, or refuses it.
   *
   * @return false where this object is closed, and the caller has to look for another one
   */
  boolean acquire(Waiter<C> waiter) {
    Lease<C> lease;
    PortShortage<C> existing;
    boolean waits = false;
    boolean mayWait = true;
    connecting.expected().ask();
    do {
      section.enter();
      try {
        if (isClosed) {
          return false;
        }
        eviction.keepHouse();
        existing = connecting.shortage();
        lease = queue.isEmpty() ? connections.lend(waiter.affinity) : null;
        if (lease == null && queue.size() < pool.config().maxWaiters()) {
          waits = true;
          queue.add(waiter);
          mayWait = startTimer(waiter);
          connections.serveFromShelves();
          resolving.wanted();
          connecting.plan();
        }
      } finally {
        section.leave();
      }
    } while (lease != null && !connections.handover().isFit(lease));
    if (lease != null) {
      waiter.acquired(connections.handover().handOver(lease, Duration.ZERO, waiter.place));
    } else if (!waits) {
      refuse(waiter, new TooManyWaitersException(snapshot(), pool.config().maxWaiters()));
    } else if (existing != null) {
      existing.reconsider();
    }
    if (!mayWait) {
      pool.errands().run(() -> timedOut(waiter)); // no sooner than the look for a port is over
    }
    return true;
  }

  /** Ends the wait at its deadline; false where that is over, and no timer is needed. Inside. */
  private boolean startTimer(Waiter<C> waiter) {
    Duration left = waiter.deadline.left(pool.now());
    if (!left.isZero()) {
      waiter.timer = pool.scheduler().schedule(() -> timedOut(waiter), left);
    }
    return !left.isZero();
  }

  /**
   * Opens connections ahead of callers, and keeps them until the pool closes.
   *
   * @return false where this object is closed, and another one has to be looked for
   */
  boolean warmUp(CompletableFuture<DestinationSnapshot> reached) {
    section.enter();
    try {
      if (isClosed) {
        return false;
      }
      eviction.keepHouse();
      connecting.warmUp().ask(reached);
      resolving.wanted();
      connecting.plan();
      return true;
    } finally {
      section.leave();
    }
  }

  // ---- waiting, and its end

  int waiting() {
    section.enter();
    try {
      return queue.size();
    } finally {
      section.leave();
    }
  }

  Duration waited(Waiter<C> waiter) {
    return Duration.ofNanos(pool.now() - waiter.since);
  }

  private void timedOut(Waiter<C> waiter) {
    PortShortage<C> forPorts;
    Throwable cause;
    Throwable refusal;
    section.enter();
    try {
      forPorts = connecting.shortage();
      cause = resolving.failure() != null ? resolving.failure() : connecting.lastFailure;
      refusal = connecting.lastRefusal;
      if (!queue.remove(waiter)) {
        return;
      }
      connecting.queueShrank();
    } finally {
      section.leave();
    }
    IOException why =
        forPorts != null
            ? forPorts.timedOut(waiter)
            : new AcquireTimeoutException(snapshot(), waited(waiter), cause);
    if (forPorts != null && refusal != null) {
      why.addSuppressed(refusal); // what the kernel said, where it is to blame
    }
    refuse(waiter, why);
  }

  /** The caller does not want to wait any more. */
  void abandon(Waiter<C> waiter) {
    section.enter();
    try {
      if (queue.remove(waiter)) {
        section.afterwards(waiter::stopTimer);
        connecting.queueShrank();
      }
    } finally {
      section.leave();
    }
  }

  /** Refuses those for whom there is a reason, given how many come before them. */
  void refuseIf(BiFunction<Waiter<C>, Integer, @Nullable IOException> reason) {
    section.enter();
    try {
      List<Runnable> refusals = new ArrayList<>();
      int ahead = 0;
      for (Waiter<C> waiter : queue.all()) {
        IOException why = reason.apply(waiter, ahead);
        if (why == null) {
          ahead++;
        } else {
          queue.remove(waiter);
          refusals.add(() -> refuse(waiter, why));
        }
      }
      connecting.queueShrank();
      refusals.forEach(section::afterwards);
    } finally {
      section.leave();
    }
  }

  /** Refuses whoever waits first, if anybody does. Inside. */
  void refuseFirst(IOException why) {
    Waiter<C> first = queue.poll();
    if (first != null) {
      connecting.queueShrank();
      section.afterwards(() -> refuse(first, why));
    }
  }

  /** Tells somebody who has left the queue. Not inside. */
  void refuse(Waiter<C> waiter, IOException why) {
    counters.refused.increment();
    if (PortRefusals.isPortRefusal(why)) {
      counters.surfaced.increment();
    }
    pool.tell(listener -> listener.refused(destination, why));
    waiter.failed(why);
  }

  // ---- closing

  /** Refuses and closes what is not in use. */
  void close() {
    section.enter();
    try {
      isClosed = true;
      connecting.cancelAll();
      resolving.stop();
      eviction.stop();
      connections.closeIdle();
      completeIfDrained();
    } finally {
      section.leave();
    }
    refuseIf((waiter, ahead) -> new PoolClosedException(destination));
  }

  /** Closes what is still in use. */
  void closeHard() {
    section.enter();
    try {
      connections.closeLeased();
    } finally {
      section.leave();
    }
  }

  /** Closes this object if nothing is left to do; the next caller gets a new one. Inside. */
  boolean closeIfUnused() {
    if (isUnused()) {
      isClosed = true;
      resolving.stop();
      completeIfDrained();
      section.afterwards(() -> pool.forget(this));
    }
    return isClosed;
  }

  /** Inside. */
  boolean isUnused() {
    return connections.isEmpty() && connecting.isIdle() && queue.isEmpty();
  }

  /** Forgets an endpoint that has left, once nothing is there any more. Inside. */
  void forgetIfGone(EndpointPool<C> endpoint) {
    if (endpoint.isLeaving && endpoint.isUnused()) {
      endpoints.forget(endpoint);
      pool.destinations().remove(this, List.of(endpoint.endpoint));
    }
  }

  /** Inside. */
  void completeIfDrained() {
    if (isClosed && connections.isEmpty() && connecting.isIdle()) {
      section.afterwards(() -> drained.complete(null));
    }
  }

  /** Completes when it is closed and nothing is left of it. */
  CompletableFuture<Void> drained() {
    return drained;
  }

  // ---- looking

  DestinationSnapshot snapshot() {
    section.enter();
    try {
      return new DestinationSnapshot(
          destination,
          endpoints.snapshot(connections.onShelves()),
          queue.size(),
          resolving.failures(),
          counters.read(connections.all()));
    } finally {
      section.leave();
    }
  }

  List<Endpoint> knownEndpoints() {
    section.enter();
    try {
      return endpoints.known();
    } finally {
      section.leave();
    }
  }

  // ---- for the parts

  Destination destination() {
    return destination;
  }

  Section section() {
    return section;
  }

  Endpoints<C> endpoints() {
    return endpoints;
  }

  WaitQueue<C> queue() {
    return queue;
  }

  Connections<C> connections() {
    return connections;
  }

  Eviction<C> eviction() {
    return eviction;
  }

  Connecting<C> connecting() {
    return connecting;
  }

  Resolving<C> resolving() {
    return resolving;
  }

  Counters counters() {
    return counters;
  }

  boolean isClosed() {
    return isClosed;
  }
}
