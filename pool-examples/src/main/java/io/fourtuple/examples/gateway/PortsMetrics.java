package io.fourtuple.examples.gateway;

import io.fourtuple.pool.DestinationSnapshot;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.LedgerStats;
import io.fourtuple.port.PortCensus;
import java.util.List;
import java.util.function.ToLongFunction;

/** The figures of {@link PortsPage} in Prometheus' text format, and what has been counted. */
final class PortsMetrics {
  private final StringBuilder text = new StringBuilder(4_096);

  private PortsMetrics() {}

  static String text(List<PortCensus> routes, LedgerStats ledger, PoolSnapshot pool) {
    PortsMetrics metrics = new PortsMetrics();
    metrics.routes(routes, "fourtuple_ports_capacity", "ports of a route", PortCensus::capacity);
    metrics.routes(
        routes,
        "fourtuple_ports_in_use",
        "ports with a connection, or about to have one",
        census ->
            census.reserved() + census.connecting() + census.established() + census.closing());
    metrics.routes(
        routes,
        "fourtuple_ports_time_wait",
        "ports that rest",
        census -> census.timeWait() - census.reusable());
    metrics.routes(
        routes, "fourtuple_ports_foreign", "ports that others hold", PortCensus::foreign);
    metrics.routes(routes, "fourtuple_ports_free", "ports to be had now", PortCensus::free);
    metrics.destinations(pool, "fourtuple_connections_idle", DestinationSnapshot::idle);
    metrics.destinations(pool, "fourtuple_connections_active", DestinationSnapshot::leased);
    metrics.destinations(pool, "fourtuple_connections_pending", DestinationSnapshot::waiting);
    metrics.counter("fourtuple_acquired", "leases given", pool.counters().acquired());
    metrics.counter("fourtuple_reused", "of connections at hand", pool.counters().reused());
    metrics.counter("fourtuple_refused", "callers without a lease", pool.counters().refused());
    metrics.counter("fourtuple_absorbed", "refusals met by us", pool.counters().absorbed());
    metrics.counter("fourtuple_surfaced", "refusals met by callers", pool.counters().surfaced());
    metrics.counter("fourtuple_corrections", "differences to the kernel", ledger.corrections());
    return metrics.text.toString();
  }

  private void head(String name, String type, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private void routes(
      List<PortCensus> routes, String name, String help, ToLongFunction<PortCensus> figure) {
    head(name, "gauge", help);
    for (PortCensus census : routes) {
      text.append(name)
          .append("{source=\"")
          .append(census.route().source().address().getHostAddress())
          .append("\",endpoint=\"")
          .append(census.route().endpoint())
          .append("\"} ")
          .append(figure.applyAsLong(census))
          .append('\n');
    }
  }

  private void destinations(
      PoolSnapshot pool, String name, ToLongFunction<DestinationSnapshot> figure) {
    head(name, "gauge", "connections, or requests that wait for one");
    for (DestinationSnapshot to : pool.destinations()) {
      text.append(name)
          .append("{destination=\"")
          .append(to.destination().name())
          .append("\"} ")
          .append(figure.applyAsLong(to))
          .append('\n');
    }
  }

  private void counter(String name, String help, long value) {
    head(name + "_total", "counter", help);
    text.append(name).append("_total ").append(value).append('\n');
  }
}
