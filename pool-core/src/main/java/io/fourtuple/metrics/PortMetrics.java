package io.fourtuple.metrics;

import io.fourtuple.port.LedgerStats;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.Route;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;

/**
 * The stock of local ports as meters: by route, with the tags {@code source} and {@code endpoint},
 * and what the ledger has counted. docs/operations.md has all names.
 *
 * <p>Routes come and go; every ten seconds meters are added for new ones and removed for those that
 * have none in use any more. Reading a figure takes a census of the ledger at most once a second.
 *
 * <p>Thread-safe. Closing takes the meters out of their registries.
 */
@SuppressWarnings("exports") // who has no Micrometer can still compile against this module
public final class PortMetrics implements MeterBinder, AutoCloseable {
  /** Routes with meters of their own, by default: 9 series each. */
  public static final int DEFAULT_ROUTES = 500;

  private static final String OTHER = "other";

  private static final List<Column<PortCensus>> COLUMNS =
      List.of(
          Column.gauge("fourtuple.ports.capacity", "ports of a route", PortCensus::capacity),
          state("active", census -> census.established()),
          state("connecting", census -> census.reserved() + census.connecting()),
          state("closing", census -> census.closing()),
          state("time_wait", census -> census.timeWait() - census.reusable()),
          state("foreign", census -> census.foreign()),
          state("free", census -> census.free()),
          Column.gauge("fourtuple.ports.used", "ports that cannot be had now", PortCensus::used),
          Column.gauge("fourtuple.ports.pending", "callers that wait", PortCensus::waiting));

  private final PortLedger ledger;
  private final Tags common;
  private final int mostRoutes;
  private final Lately<Map<Tags, List<PortCensus>>> routes;
  private final List<MeterRows<PortCensus>> bound = new CopyOnWriteArrayList<>();
  private final List<Bound> meters = new CopyOnWriteArrayList<>();
  private final Rounds rounds;

  private record Bound(MeterRegistry registry, Meter meter) {}

  private static Column<PortCensus> state(String state, ToLongFunction<PortCensus> figure) {
    return Column.gauge("fourtuple.ports", "ports of a route by state", figure)
        .with("state", state);
  }

  /** For the ports of a ledger, with {@link #DEFAULT_ROUTES} and no tags of yours. */
  public PortMetrics(PortLedger ledger) {
    this(ledger, List.of(), DEFAULT_ROUTES);
  }

  /**
   * For the ports of a ledger.
   *
   * @param tags for all meters
   * @param mostRoutes routes with meters of their own, 0 to 100,000; others are summed with {@code
   *     source} and {@code endpoint} of {@code other}
   */
  public PortMetrics(PortLedger ledger, Iterable<Tag> tags, int mostRoutes) {
    this.ledger = Objects.requireNonNull(ledger, "ledger must not be null");
    this.common = Tags.of(tags);
    this.mostRoutes = Limits.checked("mostRoutes", mostRoutes);
    this.routes = new Lately<>(this::census, ledger.ticker());
    this.rounds = new Rounds(ledger.scheduler(), this::refresh);
  }

  private Map<Tags, List<PortCensus>> census() {
    Map<Tags, List<PortCensus>> all = new HashMap<>();
    for (PortCensus census : ledger.census()) {
      Route route = census.route();
      String source = route.source().address().getHostAddress();
      all.computeIfAbsent(tags(source, route.endpoint().toString()), tags -> new ArrayList<>(1))
          .add(census);
    }
    return all;
  }

  private Tags tags(String source, String endpoint) {
    return common.and("source", source, "endpoint", endpoint);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    MeterRows<PortCensus> rows =
        new MeterRows<>(registry, mostRoutes, tags(OTHER, OTHER), COLUMNS, routes);
    bound.add(rows);
    counter(registry, "corrections", "differences to the kernel's table", LedgerStats::corrections);
    counter(
        registry,
        "absorbed",
        "refusals of the kernel that were met with another port",
        LedgerStats::absorbed);
    rows.refresh();
    rounds.begin();
  }

  private void counter(
      MeterRegistry registry, String name, String description, ToLongFunction<LedgerStats> figure) {
    meters.add(
        new Bound(
            registry,
            FunctionCounter.builder(
                    "fourtuple.ports." + name, ledger, from -> figure.applyAsLong(from.stats()))
                .description(description)
                .tags(common)
                .register(registry)));
  }

  private void refresh() {
    routes.getNow();
    bound.forEach(MeterRows::refresh);
  }

  @Override
  public void close() {
    rounds.close();
    bound.forEach(MeterRows::clear);
    meters.forEach(bound -> bound.registry.remove(bound.meter));
  }
}
