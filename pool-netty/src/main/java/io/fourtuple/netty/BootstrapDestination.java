package io.fourtuple.netty;

import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Ticker;
import io.netty.bootstrap.Bootstrap;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a bootstrap connects to. A name is looked up by the bootstrap's resolver: when it is first
 * needed, after {@link #TTL}, and after a connect has failed, but then at most once per second.
 * Only the first callers wait for it; later the addresses of before serve meanwhile, also where it
 * fails. Thread-safe.
 */
final class BootstrapDestination {
  private static final Logger log = LoggerFactory.getLogger(BootstrapDestination.class);

  /** As long as the JDK keeps what it was told, which Netty's own resolver asks. */
  private static final Duration TTL = Duration.ofSeconds(30);

  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

  private final Bootstrap bootstrap;
  private final InetSocketAddress remote;
  private final Ticker ticker;
  private volatile @Nullable Destination known;

  // Guarded by the monitor.
  private final List<Caller> callers = new ArrayList<>();
  private boolean isAsking;
  private Deadline goodUntil;
  private Deadline notBefore;

  private record Caller(Consumer<Destination> found, Consumer<Throwable> failed) {}

  /**
   * The destination of a bootstrap.
   *
   * @param remote what the bootstrap says
   */
  BootstrapDestination(Bootstrap bootstrap, InetSocketAddress remote, Ticker ticker) {
    this.bootstrap = bootstrap;
    this.remote = remote;
    this.ticker = ticker;
    this.goodUntil = Deadline.after(ticker.read(), Duration.ZERO);
    this.notBefore = goodUntil;
    this.known = remote.isUnresolved() ? null : Destination.of(Endpoint.of(remote));
  }

  /** Tells where to connect to, at once where that is known; without a lock. */
  void find(Consumer<Destination> found, Consumer<Throwable> failed) {
    Destination now = known;
    if (now == null || isOld()) {
      boolean isMine;
      synchronized (this) {
        now = known;
        if (now == null) {
          callers.add(new Caller(found, failed));
        }
        isMine = !isAsking;
        isAsking = true;
      }
      if (isMine) {
        ask();
      }
    }
    if (now != null) {
      found.accept(now);
    }
  }

  /** Whether {@link #find} tells at once. */
  boolean isKnown() {
    return known != null;
  }

  /** Whoever waits for an answer waits in vain. */
  void refuseAll(Throwable why) {
    List<Caller> refused;
    synchronized (this) {
      refused = List.copyOf(callers);
      callers.clear();
    }
    refused.forEach(caller -> caller.failed().accept(why));
  }

  private synchronized boolean isOld() {
    return remote.isUnresolved() && goodUntil.isOver(ticker.read());
  }

  /** An address may have changed. */
  synchronized void connectFailed() {
    goodUntil = notBefore;
  }

  private void ask() {
    try {
      resolver()
          .resolveAll(remote)
          .addListener((FutureListener<List<SocketAddress>>) this::answered);
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  @SuppressWarnings("unchecked") // as Bootstrap does
  private AddressResolver<SocketAddress> resolver() {
    AddressResolverGroup<?> group = bootstrap.config().resolver();
    if (group == null) {
      throw new IllegalStateException("the bootstrap has no resolver for " + remote);
    }
    return ((AddressResolverGroup<SocketAddress>) group)
        .getResolver(bootstrap.config().group().next());
  }

  private void answered(Future<List<SocketAddress>> answer) {
    if (!answer.isSuccess()) {
      failed(answer.cause());
      return;
    }
    List<Endpoint> endpoints =
        answer.getNow().stream()
            .filter(address -> address instanceof InetSocketAddress ip && !ip.isUnresolved())
            .map(address -> Endpoint.of((InetSocketAddress) address))
            .distinct()
            // The order changes with each answer, which makes no other destination.
            .sorted(Comparator.comparing(Endpoint::toString))
            .toList();
    if (endpoints.isEmpty()) {
      failed(new UnknownHostException("the bootstrap's resolver has no IP address of " + remote));
      return;
    }
    Destination found = new Destination(remote.getHostString(), endpoints);
    over(found).forEach(caller -> caller.found().accept(found));
  }

  private void failed(Throwable why) {
    log.debug("cannot resolve {}", remote, why);
    over(null).forEach(caller -> caller.failed().accept(why));
  }

  private synchronized List<Caller> over(@Nullable Destination found) {
    long now = ticker.read();
    if (found != null) {
      known = found;
    }
    isAsking = false;
    goodUntil = Deadline.after(now, TTL);
    notBefore = Deadline.after(now, SHORTEST_PAUSE);
    List<Caller> told = List.copyOf(callers);
    callers.clear();
    return told;
  }
}
