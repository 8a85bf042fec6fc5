package io.fourtuple.command;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpSocket;
import io.fourtuple.host.TcpState;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortSet;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the ports of this host stand.
 *
 * @param network the host's settings
 * @param capacity ports for each route
 * @param routes the fullest first
 * @param sockets in the kernel's table
 * @param damagedLines of the table, passed over
 */
record Stock(
    HostNetwork network, int capacity, List<RouteUsage> routes, int sockets, int damagedLines) {
  private record Key(InetAddress source, Endpoint destination) {}

  private static final class Counts {
    int inUse;
    int timeWait;
    int outside;
  }

  /** Counts by route what is open from this host to elsewhere. */
  static Stock of(HostNetwork network, SocketTable table, Filter filter) {
    PortSet range =
        PortSet.of(network.limits().ephemeral())
            .minus(network.limits().reserved())
            .minus(table.listeners());

    Map<Key, Counts> counts = new HashMap<>();
    for (TcpSocket socket : (Iterable<TcpSocket>) table.outgoing()::iterator) {
      if (socket.remotePort() == 0
          || socket.state() == TcpState.CLOSED
          || !filter.matches(socket.remoteAddress(), socket.remotePort())) {
        continue;
      }
      Key key =
          new Key(socket.localAddress(), new Endpoint(socket.remoteAddress(), socket.remotePort()));
      Counts of = counts.computeIfAbsent(key, route -> new Counts());
      if (!range.contains(socket.localPort())) {
        of.outside++;
      } else if (socket.state() == TcpState.TIME_WAIT) {
        of.timeWait++;
      } else {
        of.inUse++;
      }
    }
    int capacity = range.size();
    List<RouteUsage> routes =
        counts.entrySet().stream()
            .map(
                route ->
                    new RouteUsage(
                        route.getKey().source(),
                        route.getKey().destination(),
                        route.getValue().inUse,
                        route.getValue().timeWait,
                        route.getValue().outside,
                        capacity))
            .sorted(
                Comparator.comparingInt(RouteUsage::used)
                    .thenComparingInt(RouteUsage::outside)
                    .reversed()
                    .thenComparing(RouteUsage::name))
            .toList();
    return new Stock(network, capacity, routes, table.size(), table.damagedLines());
  }

  /** Of the fullest route. */
  int percent() {
    return routes.isEmpty() ? 0 : routes.get(0).percent();
  }
}
