package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;

/**
 * A program that {@link PrivateNamespaceTest} runs in a network namespace of its own; prints what
 * it sees as {@code key=value} lines.
 */
final class NamespaceProbe {
  private static final int MOST_LOOKS = 1_000;

  private NamespaceProbe() {}

  /** Looks at the namespace, with some connections in it. */
  @SuppressWarnings("try") // one socket is closed early on purpose
  public static void main(String[] args) throws IOException {
    HostNetwork network = HostNetwork.read();
    print("assumed", network.assumed());
    print("ephemeral", network.limits().ephemeral());
    print("reserved", network.limits().reserved());
    HostSources unbound = HostPorts.shared().forTransport(TransportAbilities.NONE);
    print("noRoute", unbound.reaching(Endpoint.of("203.0.113.7", 443)));
    print("v4", unbound.reaching(Endpoint.of("127.0.0.9", 443)));
    print("v6", unbound.reaching(Endpoint.of("::1", 443)));

    InetAddress loopback = Endpoint.of("127.0.0.1", 1).address();
    try (ServerSocket server = new ServerSocket(9001, 10, loopback);
        Socket first = new Socket(loopback, 9001);
        Socket second = new Socket(loopback, 9001);
        Socket closed = new Socket(loopback, 9001)) {
      server.accept();
      server.accept();
      closed.shutdownOutput();
      server.accept().close();
      print("rests", rests(closed.getLocalPort()));
      SocketTable table = SocketTable.read();
      print("damaged", table.damagedLines());
      print("listeners", table.listeners());
      print("mine", table.count(socket -> socket.localPort() == first.getLocalPort()));
      print("second", table.count(socket -> socket.localPort() == second.getLocalPort()));
      print("census", census(PortLedger.create(network.limits())));
    }
  }

  /** The kernel answers the two FINs on its own time, if at once on loopback. */
  private static boolean rests(int port) throws IOException {
    PortSet only = PortSet.ofPorts(List.of(port));
    for (int look = 0; look < MOST_LOOKS; look++) {
      if (SocketTable.read(only).count(socket -> socket.state() == TcpState.TIME_WAIT) == 1) {
        return true;
      }
    }
    return false;
  }

  private static String census(PortLedger ledger) {
    HostPorts view =
        HostPorts.builder()
            .ledger(ledger)
            .sources("127.0.0.1")
            .selection(PortSelection.OWNED)
            .ports(new PortRange(40_000, 40_063))
            .ownEphemeralPorts()
            .build();
    Endpoint server = Endpoint.of("127.0.0.1", 9001);
    HostSources sources = view.forTransport(TransportAbilities.NONE);
    Route route = new Route(sources.reaching(server).get(0), server);
    ledger.outlook(List.of(route), 0); // begins the route, without a port taken at random
    PortCensus census = ledger.census(route);
    return "reserved "
        + census.reserved()
        + " foreign "
        + census.foreign()
        + " time-wait "
        + census.timeWait();
  }

  private static void print(String key, Object value) {
    System.out.println(key + "=" + value);
  }
}
