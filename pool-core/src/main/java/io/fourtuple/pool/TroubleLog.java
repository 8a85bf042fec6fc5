package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.Route;
import io.fourtuple.time.Scheduler;
import io.fourtuple.time.Scheduler.Cancellable;
import io.fourtuple.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line when ports become scarce, run out, or an endpoint goes down, and one when it is
 * over, with how long it lasted. While something is wrong it looks every ten seconds; so it writes
 * two lines in that time at most about one thing, however often that changes meanwhile.
 *
 * <p>Does nothing, and has no timer, while nothing is wrong. Thread-safe.
 */
final class TroubleLog implements PoolListener {
  private static final Logger log = LoggerFactory.getLogger(TroubleLog.class);

  private static final Duration LOOK = Duration.ofSeconds(10);

  /** At a time: more lines than that tell nobody more. */
  private static final int MOST = 100;

  /** What is wrong. */
  enum Kind {
    SCARCE("ports are scarce", "ports are no longer scarce"),
    EXHAUSTED("no port is left", "there are ports again"),
    DOWN("endpoint is down", "endpoint is no longer down");

    final String begins;
    final String ends;

    Kind(String begins, String ends) {
      this.begins = begins;
      this.ends = ends;
    }
  }

  /** What is wrong with what. */
  record Trouble(Kind kind, Object where) {}

  private record DownEndpoint(Destination destination, Endpoint endpoint) {
    @Override
    public String toString() {
      return endpoint + " of " + destination;
    }
  }

  /** Where the lines go; a test writes them down. */
  interface Lines {
    void begins(Trouble trouble, String details);

    void ends(Trouble trouble, Duration lasted);
  }

  /** With the keys {@code where}, {@code details} and {@code seconds}. */
  static final Lines LOGGED =
      new Lines() {
        @Override
        public void begins(Trouble trouble, String details) {
          log.atWarn()
              .addKeyValue("where", trouble.where)
              .addKeyValue("details", details)
              .log(trouble.kind.begins);
        }

        @Override
        public void ends(Trouble trouble, Duration lasted) {
          log.atInfo()
              .addKeyValue("where", trouble.where)
              .addKeyValue("seconds", lasted.toSeconds())
              .log(trouble.kind.ends);
        }
      };

  private final PortLedger ledger;
  private final Scheduler scheduler;
  private final Ticker ticker;
  private final Supplier<PoolSnapshot> pool;
  private final Lines lines;

  // Guarded by this.
  private final Map<Trouble, Long> since = new HashMap<>();
  private final Map<DownEndpoint, Throwable> suspects = new HashMap<>(); // with the last failure
  private @Nullable Cancellable next;
  private boolean isClosed;

  TroubleLog(
      PortLedger ledger,
      Scheduler scheduler,
      Ticker ticker,
      Supplier<PoolSnapshot> pool,
      Lines lines) {
    this.ledger = ledger;
    this.scheduler = scheduler;
    this.ticker = ticker;
    this.pool = pool;
    this.lines = lines;
  }

  @Override
  public void highMark(Route route) {
    begins(new Trouble(Kind.SCARCE, route), () -> ledger.census(route).summary());
  }

  @Override
  public void exhausted(Destination destination, Route route) {
    begins(new Trouble(Kind.EXHAUSTED, route), () -> ledger.census(route).summary());
  }

  /** Whether that was one too many shows at the next look. */
  @Override
  public synchronized void connectFailed(Destination destination, Route route, Throwable why) {
    DownEndpoint endpoint = new DownEndpoint(destination, route.endpoint());
    if (suspects.size() < MOST && !since.containsKey(new Trouble(Kind.DOWN, endpoint))) {
      suspects.put(endpoint, why);
      lookLater();
    }
  }

  private void begins(Trouble trouble, Supplier<String> details) {
    synchronized (this) {
      if (isClosed || since.size() >= MOST || since.putIfAbsent(trouble, ticker.read()) != null) {
        return;
      }
      lookLater();
    }
    lines.begins(trouble, details.get());
  }

  private synchronized void lookLater() {
    if (next == null && !isClosed) {
      next = scheduler.schedule(this::look, LOOK);
    }
  }

  private void look() {
    Map<DownEndpoint, Throwable> failed;
    Map<Trouble, Long> known;
    synchronized (this) {
      next = null;
      failed = Map.copyOf(suspects);
      suspects.clear();
      known = Map.copyOf(since);
    }
    PoolSnapshot now = failed.isEmpty() && known.isEmpty() ? null : pool.get();
    if (now == null) {
      return;
    }
    failed.forEach(
        (endpoint, why) -> {
          if (isDown(now, endpoint)) {
            begins(new Trouble(Kind.DOWN, endpoint), () -> String.valueOf(why));
          }
        });
    Iterator<Map.Entry<Trouble, Long>> each = known.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Trouble, Long> trouble = each.next();
      if (isOver(trouble.getKey(), now)) {
        ends(trouble.getKey(), trouble.getValue());
      }
    }
    synchronized (this) {
      if (!since.isEmpty() || !suspects.isEmpty()) {
        lookLater();
      }
    }
  }

  private void ends(Trouble trouble, long began) {
    synchronized (this) {
      since.remove(trouble);
    }
    lines.ends(trouble, Duration.ofNanos(ticker.read() - began));
  }

  private boolean isOver(Trouble trouble, PoolSnapshot now) {
    if (trouble.where instanceof DownEndpoint endpoint) {
      return !isDown(now, endpoint);
    }
    Route route = (Route) trouble.where;
    PortCensus census = ledger.census(route);
    return trouble.kind == Kind.SCARCE
        ? census.used() < route.source().budget().highMark()
        : census.free() > 0;
  }

  private static boolean isDown(PoolSnapshot now, DownEndpoint wanted) {
    return now.destinations().stream()
        .filter(to -> Objects.equals(to.destination(), wanted.destination))
        .flatMap(to -> to.endpoints().stream())
        .anyMatch(of -> of.endpoint().equals(wanted.endpoint) && of.isDown());
  }

  /** The pool is closed: what is wrong is nobody's concern any more. */
  synchronized void close() {
    isClosed = true;
    since.clear();
    suspects.clear();
    if (next != null) {
      next.cancel();
      next = null;
    }
  }
}
