package io.fourtuple.pool;

import io.fourtuple.pool.EndpointResolver.Resolution;
import io.fourtuple.port.Endpoint;
import io.fourtuple.time.Scheduler.Cancellable;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the endpoints of a destination by name: asks the {@link EndpointResolver} when the first
 * caller comes, and again whenever the answer is over while the destination is in use. A failure
 * leaves the last good answer as it is. Does nothing for a destination whose endpoints are given.
 * Guarded by the destination's section.
 */
final class Resolving<C> {
  private static final Logger log = LoggerFactory.getLogger(Resolving.class);

  private static final long SHORTEST_NANOS = 1_000_000_000L;

  /** So that no mistaken answer stays for good. */
  private static final Duration LONGEST = Duration.ofDays(1);

  /** How long a question may be open before it counts as failed, and is asked anew. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Times between questions that fail are varied by up to a fifth in both directions. */
  private static final double JITTER = 0.2;

  private final DestinationPool<C> owner;
  private final ConnectionPool<C> pool;
  private final Section section;
  private final Destination destination;
  private long asked; // number of the last question; 0 for none
  private long answered; // number of the question whose answer is used; 0 for none
  private boolean isAsking;
  private int failures; // since the last answer
  private @Nullable Throwable lastFailure;
  private long nextAt; // tick of the next question, where there was one
  private @Nullable Cancellable timer; // for the end of the question, or for the next

  Resolving(DestinationPool<C> owner, ConnectionPool<C> pool) {
    this.owner = owner;
    this.pool = pool;
    this.section = owner.section();
    this.destination = owner.destination();
  }

  // ---- when to ask

  /** Whether the first answer is awaited. Inside. */
  boolean isAwaited() {
    return isAsking && answered == 0;
  }

  /** Failed questions since the last answer. Inside. */
  int failures() {
    return failures;
  }

  /** What the resolver failed with, where that is why there are no endpoints; else null. Inside. */
  @Nullable Throwable failure() {
    return answered == 0 ? lastFailure : null;
  }

  /** Somebody wants connections: asks, if that is due. Inside. */
  void wanted() {
    if (!destination.isNamed() || isAsking) {
      return;
    }
    long now = pool.now();
    if (asked == 0 || nextAt - now <= 0) {
      ask();
    } else if (answered == 0) {
      refuse(now, false);
    }
  }

  /** No more. Inside. */
  void stop() {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void ask() {
    long number = ++asked;
    isAsking = true;
    setTimer(() -> failed(number, new TimeoutException("no answer within " + PATIENCE)), PATIENCE);
    section.afterwards(() -> ask(number));
  }

  private void setTimer(Runnable task, Duration delay) {
    stop();
    timer = pool.scheduler().schedule(task, delay);
  }

  private void askAfter(long nanos) {
    nextAt = pool.now() + nanos;
    setTimer(this::askIfUsed, Duration.ofNanos(nanos));
  }

  /** While nobody uses the destination, its next caller will ask. */
  private void askIfUsed() {
    section.enter();
    try {
      if (!isAsking && !owner.isClosed() && !owner.isUnused()) {
        ask();
      }
    } finally {
      section.leave();
    }
  }

  /** Not inside: the resolver is foreign. */
  private void ask(long number) {
    try {
      CompletionStage<Resolution> answer =
          pool.resolver().resolve(destination.name(), destination.port());
      answer.whenComplete((found, why) -> told(number, found, why));
    } catch (RuntimeException | Error e) { // an Error too: callers wait
      failed(number, e);
    }
  }

  private void told(long number, @Nullable Resolution found, @Nullable Throwable why) {
    if (why != null) {
      Throwable cause = why instanceof CompletionException ? why.getCause() : null;
      failed(number, cause != null ? cause : why);
    } else if (found == null || found.endpoints().isEmpty()) {
      failed(number, new UnknownHostException("no address for " + destination.name()));
    } else {
      found(number, found);
    }
  }

  // ---- what comes of it

  /** Takes an answer, a late one too, unless a later question was answered. */
  private void found(long number, Resolution resolution) {
    List<Endpoint> now;
    boolean isNews;
    section.enter();
    try {
      if (owner.isClosed() || number <= answered) {
        return;
      }
      now = next(resolution);
      isNews = use(now, answered == 0) || failures > 0;
      answered = number;
      failures = 0;
      lastFailure = null;
      if (number == asked) {
        isAsking = false;
        Duration ttl = resolution.ttl().compareTo(LONGEST) > 0 ? LONGEST : resolution.ttl();
        askAfter(Math.max(SHORTEST_NANOS, ttl.toNanos()));
      }
      owner.connecting().plan();
    } finally {
      section.leave();
    }
    if (isNews) {
      log.debug("{} is at {}", destination, now);
      pool.tell(listener -> listener.resolved(destination, now));
    }
  }

  /** In the order in which to try them, with what an incomplete answer does not speak of. */
  private List<Endpoint> next(Resolution resolution) {
    List<Endpoint> found = new ArrayList<>(resolution.endpoints());
    if (!resolution.isComplete()) {
      for (EndpointPool<C> known : owner.endpoints().all()) {
        boolean isIpv6 = isIpv6(known.endpoint);
        if (resolution.endpoints().stream().noneMatch(each -> isIpv6(each) == isIpv6)) {
          found.add(known.endpoint);
        }
      }
    }
    return interleaved(found);
  }

  /** IPv6 and IPv4 in turn, IPv6 first, each in the order given (RFC 8305, section 4). */
  static List<Endpoint> interleaved(List<Endpoint> endpoints) {
    Deque<Endpoint> six = new ArrayDeque<>();
    Deque<Endpoint> four = new ArrayDeque<>();
    endpoints.forEach(each -> (isIpv6(each) ? six : four).add(each));
    List<Endpoint> order = new ArrayList<>(endpoints.size());
    while (order.size() < endpoints.size()) {
      for (Deque<Endpoint> family : List.of(six, four)) {
        if (!family.isEmpty()) {
          order.add(family.poll());
        }
      }
    }
    return List.copyOf(order);
  }

  private static boolean isIpv6(Endpoint endpoint) {
    return endpoint.address() instanceof Inet6Address;
  }

  /** Makes them the endpoints of the destination; returns whether any has come or left. */
  private boolean use(List<Endpoint> next, boolean isFirst) {
    Endpoints<C> endpoints = owner.endpoints();
    List<Endpoint> come = next.stream().filter(each -> endpoints.find(each) == null).toList();
    pool.destinations().add(owner, come);
    boolean hasChanged = endpoints.become(next);
    if (hasChanged) {
      owner.connecting().shortages().end(); // it was for other routes
    }
    long now = pool.now();
    for (Endpoint each : isFirst ? List.<Endpoint>of() : come) {
      endpoints.of(each).health.comes(now);
    }
    for (EndpointPool<C> left : endpoints.leaving()) {
      owner.eviction().endpointLeft(left);
      owner.connecting().endpointLeft(left);
      owner.forgetIfGone(left);
    }
    return hasChanged;
  }

  private void failed(long number, Throwable why) {
    boolean isNews;
    section.enter();
    try {
      if (!isAsking || number != asked || owner.isClosed()) {
        return;
      }
      isAsking = false;
      isNews = failures == 0;
      failures++;
      lastFailure = why;
      long wait = backOff();
      askAfter(answered == 0 ? wait : Math.max(SHORTEST_NANOS, wait));
      if (answered == 0) {
        refuse(pool.now(), true);
      }
      owner.connecting().plan();
    } finally {
      section.leave();
    }
    if (isNews) {
      log.warn(
          "{} cannot be resolved, and keeps the endpoints that it has: {}",
          destination,
          why.toString());
      pool.tell(listener -> listener.resolveFailed(destination, why));
    }
  }

  private long backOff() {
    long longest = pool.config().longestBackOff().toNanos();
    long backOff = pool.config().firstBackOff().toNanos();
    for (int i = 1; i < failures && backOff < longest; i++) {
      backOff = Math.min(longest, 2 * backOff);
    }
    return (long) (backOff * (1 - JITTER + 2 * JITTER * pool.random().nextDouble()));
  }

  /** No endpoint is known: tells all who wait, or those who cannot wait for the next question. */
  private void refuse(long now, boolean everybody) {
    Throwable cause = lastFailure;
    if (cause != null) {
      long nanos = nextAt - now;
      owner.refuseIf(
          (waiter, ahead) ->
              everybody || waiter.deadline.nanosLeft(now) < nanos
                  ? new NameResolutionException(destination, Duration.ofNanos(nanos), cause)
                  : null);
    }
  }
}
