package io.fourtuple.port;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the kernel's socket table showed at a moment. Immutable once made.
 *
 * @param byBudget the sockets of our sources' addresses and ports, by local port, for each {@link
 *     Route#budgetKey}
 * @param listening ports of listeners, by source
 * @param seen the moment, in milliseconds since the ledger began
 */
record KernelView(
    Map<Object, Map<Integer, KernelSocket.Kind>> byBudget,
    Map<SourceAddress, List<Integer>> listening,
    long seen) {
  static final KernelView EMPTY = new KernelView(Map.of(), Map.of(), 0);

  static KernelView of(
      Collection<KernelSocket> sockets, Collection<SourceAddress> sources, long seen) {
    Map<Object, Map<Integer, KernelSocket.Kind>> byBudget = new HashMap<>();
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
          byBudget
              .computeIfAbsent(new Route(source, remote).budgetKey(), k -> new HashMap<>())
              .put(socket.localPort(), socket.kind());
        }
      }
    }
    return new KernelView(byBudget, listening, seen);
  }

  Map<Integer, KernelSocket.Kind> on(Route route) {
    return byBudget.getOrDefault(route.budgetKey(), Map.of());
  }

  List<Integer> listeners(SourceAddress source) {
    return listening.getOrDefault(source, List.of());
  }
}
