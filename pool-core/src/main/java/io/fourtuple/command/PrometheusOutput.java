package io.fourtuple.command;

import java.util.List;
import java.util.function.ToLongFunction;

/** Metrics in Prometheus' text format. */
final class PrometheusOutput {
  private final StringBuilder text = new StringBuilder();
  private final List<RouteUsage> routes;

  private PrometheusOutput(List<RouteUsage> routes) {
    this.routes = routes;
  }

  static String of(Stock stock, Options options) {
    PrometheusOutput output =
        new PrometheusOutput(stock.routes().stream().limit(options.top()).toList());
    output.head("fourtuple_host_ports_capacity", "Local ports that each route may use.");
    output.text.append("fourtuple_host_ports_capacity ").append(stock.capacity()).append('\n');
    output.head("fourtuple_host_ports", "Local ports of a route, by state.");
    output.routes("in_use", RouteUsage::inUse);
    output.routes("time_wait", RouteUsage::timeWait);
    output.routes("free", RouteUsage::free);
    output.routes("outside", RouteUsage::outside);
    output.head("fourtuple_host_routes", "Routes with a connection, those not shown included.");
    output.text.append("fourtuple_host_routes ").append(stock.routes().size()).append('\n');
    output.head("fourtuple_host_sockets", "Sockets in the kernel's table.");
    output.text.append("fourtuple_host_sockets ").append(stock.sockets()).append('\n');
    return output.text.toString();
  }

  private void head(String name, String help) {
    text.append("# HELP ").append(name).append(' ').append(help).append('\n');
    text.append("# TYPE ").append(name).append(" gauge\n");
  }

  /** Addresses have nothing in them that would have to be escaped. */
  private void routes(String state, ToLongFunction<RouteUsage> figure) {
    for (RouteUsage route : routes) {
      text.append("fourtuple_host_ports{source=\"")
          .append(route.source().getHostAddress())
          .append("\",endpoint=\"")
          .append(route.destination())
          .append("\",state=\"")
          .append(state)
          .append("\"} ")
          .append(figure.applyAsLong(route))
          .append('\n');
    }
  }
}
