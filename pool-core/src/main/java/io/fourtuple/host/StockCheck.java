package io.fourtuple.host;

import io.fourtuple.host.PortDiagnosis.Evidence;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.PortsExhaustedException;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Whether a claim that ports have run out agrees with counts.
 *
 * @param evidence what the counts say of the claim
 * @param lines the counts, the scarcest first
 */
record StockCheck(Evidence evidence, List<String> lines) {
  private static final int MOST_LINES = 4;

  static final StockCheck NONE = new StockCheck(Evidence.UNCHECKED, List.of());

  /** By what a ledger counted on the routes that the connection might have used. */
  static StockCheck of(SocketError error, List<PortCensus> census) {
    Endpoint remote = error.remote();
    List<PortCensus> same =
        census.stream().filter(one -> one.route().endpoint().equals(remote)).toList();
    return of((same.isEmpty() ? census : same).stream().map(PortStock::of).toList());
  }

  /** By what a refusal of the ledger brought with it. */
  static StockCheck of(PortsExhaustedException refusal) {
    List<PortStock> stocks = refusal.routes().stream().map(PortStock::of).toList();
    return of(stocks, stock -> stock.isSpent() || stock.isCapSpent());
  }

  private static StockCheck of(List<PortStock> stocks) {
    return of(stocks, PortStock::isSpent);
  }

  private static StockCheck of(List<PortStock> stocks, Predicate<PortStock> spent) {
    if (stocks.isEmpty()) {
      return NONE;
    }
    boolean any = stocks.stream().anyMatch(spent);
    return new StockCheck(any ? Evidence.CONFIRMED : Evidence.CONTRADICTED, words(stocks));
  }

  private static List<String> words(List<PortStock> stocks) {
    return stocks.stream()
        .sorted(Comparator.comparingInt(PortStock::free))
        .limit(MOST_LINES)
        .map(PortStock::words)
        .toList();
  }

  /**
   * By what the kernel shows. A connect that leaves the choice to the kernel needs a port that is
   * free on its route; but ports that others have bound are closed to it on every route, and the
   * table does not tell who has bound. A bind needs a port that its address uses nowhere.
   */
  static StockCheck of(SocketError error, HostNetwork network, SocketTable table) {
    PortSet ports = network.kernelPorts().minus(table.listeners());
    Endpoint remote = error.remote();
    Map<String, Uses> byRoute = new HashMap<>();
    Map<String, Uses> bySource = new HashMap<>();
    Uses everywhere = new Uses();
    for (TcpSocket socket : table) {
      // What a listener accepted has the listener's port.
      if (socket.state().kind() != null
          && socket.remotePort() != 0
          && ports.contains(socket.localPort())) {
        Endpoint peer = new Endpoint(socket.remoteAddress(), socket.remotePort());
        if (remote == null || remote.equals(peer)) {
          byRoute
              .computeIfAbsent(name(socket.localAddress()) + " to " + peer, key -> new Uses())
              .add(socket);
        }
        bySource
            .computeIfAbsent(name(socket.localAddress()) + " to anywhere", key -> new Uses())
            .add(socket);
        everywhere.add(socket);
      }
    }
    boolean bind = error.call() == SocketError.Call.BIND;
    List<PortStock> stocks = stocks(bind ? bySource : byRoute, ports);
    if (stocks.isEmpty()) {
      String nobody = remote == null ? "any source to anywhere" : "any source to " + remote;
      stocks = List.of(new Uses().stock(nobody, ports));
    }
    StockCheck check = of(stocks);
    boolean othersMayHaveBound =
        check.evidence == Evidence.CONTRADICTED && everywhere.stock("", ports).isSpent();
    return othersMayHaveBound
        ? new StockCheck(
            Evidence.UNCHECKED, List.of(everywhere.stock("all sources to anywhere", ports).words()))
        : check;
  }

  private static List<PortStock> stocks(Map<String, Uses> uses, PortSet ports) {
    return uses.entrySet().stream()
        .map(entry -> entry.getValue().stock(entry.getKey(), ports))
        .toList();
  }

  private static String name(InetAddress address) {
    return address.getHostAddress();
  }

  /** Which ports some connections use. One port counts once, however many use it. */
  private static final class Uses {
    private final BitSet open = new BitSet();
    private final BitSet resting = new BitSet();

    void add(TcpSocket socket) {
      (socket.state() == TcpState.TIME_WAIT ? resting : open).set(socket.localPort());
    }

    PortStock stock(String where, PortSet ports) {
      BitSet restingOnly = (BitSet) resting.clone();
      restingOnly.andNot(open);
      int inUse = open.cardinality();
      int timeWait = restingOnly.cardinality();
      int free = ports.size() - inUse - timeWait;
      return new PortStock(where, ports, ports.size(), inUse, timeWait, free, null);
    }
  }
}
