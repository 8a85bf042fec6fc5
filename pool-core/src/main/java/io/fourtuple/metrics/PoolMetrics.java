package io.fourtuple.metrics;

import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.ConnectFailedException;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.DestinationSnapshot;
import io.fourtuple.pool.NameResolutionException;
import io.fourtuple.pool.PoolClosedException;
import io.fourtuple.pool.PoolListener;
import io.fourtuple.pool.TooManyWaitersException;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A pool as meters, with the tag {@code destination}. docs/operations.md has all names.
 *
 * <pre>{@code
 * PoolMetrics metrics = new PoolMetrics(registry);
 * ConnectionPool<Channel> pool = ConnectionPool.builder(connector).listener(metrics).build();
 * metrics.watch(pool);
 * }</pre>
 *
 * <p>Acquire and connect times, and refusals, are heard as a listener; everything else is read from
 * snapshots, one a second at most. Meters of destinations that the pool has forgotten are removed
 * within ten seconds.
 *
 * <p>Thread-safe. Closing takes the meters out of the registry.
 */
@SuppressWarnings("exports") // who has no Micrometer can still compile against this module
public final class PoolMetrics implements PoolListener, AutoCloseable {
  /** Destinations with meters of their own, by default: some 20 series each. */
  public static final int DEFAULT_DESTINATIONS = 200;

  private static final String OTHER = "other";
  private static final String DESTINATION = "destination";

  private static final List<Column<DestinationSnapshot>> COLUMNS =
      List.of(
          connections("active", DestinationSnapshot::leased),
          connections("idle", DestinationSnapshot::idle),
          connections("connecting", DestinationSnapshot::connecting),
          Column.gauge(
              "fourtuple.connections.pending",
              "callers that wait for a connection",
              DestinationSnapshot::waiting),
          counter("acquired", "leases given", to -> to.counters().acquired()),
          counter("reused", "leases given of connections at hand", to -> to.counters().reused()),
          counter("opened", "connections opened", to -> to.counters().opened()),
          counter("failed", "connects that failed", to -> to.counters().connectFailed()),
          counter("leaked", "leases lost without being closed", to -> to.counters().leaked()),
          counter(
              "absorbed",
              "refusals of local ports by the kernel that no caller noticed",
              to -> to.counters().absorbed()),
          counter(
              "surfaced",
              "refusals of local ports by the kernel that a caller was told: none, as promised",
              to -> to.counters().surfaced()));

  private static Column<DestinationSnapshot> connections(
      String state, ToLongFunction<DestinationSnapshot> figure) {
    return Column.gauge("fourtuple.connections", "connections by state", figure)
        .with("state", state);
  }

  private static Column<DestinationSnapshot> counter(
      String name, String description, ToLongFunction<DestinationSnapshot> figure) {
    return Column.counter("fourtuple.connections." + name, description, figure);
  }

  private final MeterRegistry registry;
  private final Tags common;
  private final int mostDestinations;
  private final Map<String, Heard> heard = new ConcurrentHashMap<>();
  private final Heard others;
  private @Nullable Rounds rounds; // guarded by this
  private @Nullable MeterRows<DestinationSnapshot> rows; // guarded by this

  /** What is heard of one destination. */
  private final class Heard {
    final Tags tags;
    final Timer acquire;
    final Timer connect;
    final Map<String, Counter> refused = new ConcurrentHashMap<>();

    Heard(String destination) {
      tags = common.and(DESTINATION, destination);
      acquire = timer("fourtuple.acquire", "how long callers waited for a connection");
      connect = timer("fourtuple.connect", "how long connects took, handshakes included");
    }

    private Timer timer(String name, String description) {
      return Timer.builder(name).description(description).tags(tags).register(registry);
    }

    void refused(String reason) {
      refused
          .computeIfAbsent(
              reason,
              why ->
                  Counter.builder("fourtuple.refused")
                      .description("callers that got no connection")
                      .tags(tags.and("reason", why))
                      .register(registry))
          .increment();
    }

    void remove() {
      registry.remove(acquire);
      registry.remove(connect);
      refused.values().forEach(registry::remove);
    }
  }

  /** In a registry, with {@link #DEFAULT_DESTINATIONS} and no tags of yours. */
  public PoolMetrics(MeterRegistry registry) {
    this(registry, List.of(), DEFAULT_DESTINATIONS);
  }

  /**
   * In a registry.
   *
   * @param tags for all meters
   * @param mostDestinations destinations with meters of their own, 0 to 100,000; others are summed
   *     with a {@code destination} of {@code other}
   */
  public PoolMetrics(MeterRegistry registry, Iterable<Tag> tags, int mostDestinations) {
    this.registry = Objects.requireNonNull(registry, "registry must not be null");
    this.common = Tags.of(tags);
    this.mostDestinations = Limits.checked("mostDestinations", mostDestinations);
    this.others = new Heard(OTHER);
  }

  /**
   * Reads the figures of a pool too, that this is a listener of.
   *
   * @throws IllegalStateException where there is one already
   */
  public synchronized void watch(ConnectionPool<?> pool) {
    if (rounds != null) {
      throw new IllegalStateException("watch must be called once, for one pool");
    }
    Lately<Map<Tags, List<DestinationSnapshot>>> present =
        new Lately<>(() -> destinations(pool), pool.ticker());
    MeterRows<DestinationSnapshot> made =
        new MeterRows<>(
            registry, mostDestinations, common.and(DESTINATION, OTHER), COLUMNS, present);
    rows = made;
    rounds =
        new Rounds(
            pool.scheduler(),
            () -> {
              forget(present.getNow());
              made.refresh();
            });
    rounds.begin();
  }

  private Map<Tags, List<DestinationSnapshot>> destinations(ConnectionPool<?> pool) {
    Map<Tags, List<DestinationSnapshot>> all = new HashMap<>();
    for (DestinationSnapshot to : pool.snapshot().destinations()) {
      all.computeIfAbsent(
              common.and(DESTINATION, to.destination().name()), tags -> new ArrayList<>(1))
          .add(to);
    }
    return all;
  }

  private void forget(Map<Tags, List<DestinationSnapshot>> present) {
    heard
        .values()
        .removeIf(
            row -> {
              boolean isGone = !present.containsKey(row.tags);
              if (isGone) {
                row.remove();
              }
              return isGone;
            });
  }

  private Heard heard(Destination destination) {
    Heard known = heard.get(destination.name());
    if (known != null) {
      return known;
    }
    return heard.size() < mostDestinations
        ? heard.computeIfAbsent(destination.name(), Heard::new)
        : others;
  }

  @Override
  public void acquired(Destination destination, Duration waited) {
    heard(destination).acquire.record(waited);
  }

  @Override
  public void opened(Destination destination, Route route, Duration connectTime) {
    heard(destination).connect.record(connectTime);
  }

  @Override
  public void refused(Destination destination, IOException why) {
    heard(destination).refused(reason(why));
  }

  /** One of a few words. */
  private static String reason(IOException why) {
    if (why instanceof PortsExhaustedException) {
      return "ports";
    } else if (why instanceof AcquireTimeoutException) {
      return "timeout";
    } else if (why instanceof TooManyWaitersException) {
      return "waiters";
    } else if (why instanceof ConnectFailedException) {
      return "connect";
    } else if (why instanceof NameResolutionException) {
      return "name";
    }
    return why instanceof PoolClosedException ? "closed" : OTHER;
  }

  @Override
  public synchronized void close() {
    if (rounds != null && rows != null) {
      rounds.close();
      rows.clear();
    }
    heard.values().forEach(Heard::remove);
    heard.clear();
    others.remove();
  }
}
