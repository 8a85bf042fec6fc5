package io.fourtuple.port;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the kernel's socket table showed at a moment, by route. Immutable once made.
 *
 * @param byRoute the sockets of our sources' addresses and ports, by local port
 * @param listening ports of listeners, by source
 * @param seen the moment, in milliseconds since the ledger began
 */
record KernelView(
    Map<Route, Map<Integer, KernelSocket.Kind>> byRoute,
    Map<SourceAddress, List<Integer>> listening,
    long seen) {
  static final KernelView EMPTY = new KernelView(Map.of(), Map.of(), 0);

  static KernelView of(
      Collection<KernelSocket> sockets, Collection<SourceAddress> sources, long seen) {
    Map<Route, Map<Integer, KernelSocket.Kind>> byRoute = new HashMap<>();
    Map<SourceAddress, List<Integer>> listening = new HashMap<>();
    Map<InetAddress, List<SourceAddress>> byAddress = new HashMap<>();
    sources.forEach(s -> byAddress.computeIfAbsent(s.address(), a -> new ArrayList<>()).add(s));
    for (KernelSocket socket : sockets) {
      Endpoint remote = socket.remote();
      Collection<SourceAddress> concerned =
          remote == null && socket.localAddress().isAnyLocalAddress()
              ? sources
              : byAddress.getOrDefault(socket.localAddress(), List.of());
      for (SourceAddress source : concerned) {
        if (!source.ports().contains(socket.localPort())) {
          continue;
        }
        if (remote == null) {
          listening.computeIfAbsent(source, s -> new ArrayList<>()).add(socket.localPort());
        } else {
          byRoute
              .computeIfAbsent(new Route(source, remote), r -> new HashMap<>())
              .put(socket.localPort(), socket.kind());
        }
      }
    }
    return new KernelView(byRoute, listening, seen);
  }

  Map<Integer, KernelSocket.Kind> on(Route route) {
    return byRoute.getOrDefault(route, Map.of());
  }

  List<Integer> listeners(SourceAddress source) {
    return listening.getOrDefault(source, List.of());
  }
}
