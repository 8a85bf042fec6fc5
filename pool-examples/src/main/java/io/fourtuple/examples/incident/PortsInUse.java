package io.fourtuple.examples.incident;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpSocket;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.IOException;
import java.util.List;

/** Reads from the kernel's socket table how many connections a block of ports carries. */
final class PortsInUse {
  private final PortSet block;
  private final List<Endpoint> backEnds;

  PortsInUse(PortRange block, List<Endpoint> backEnds) {
    this.block = PortSet.of(block);
    this.backEnds = backEnds;
  }

  /**
   * Connections in any state, TIME_WAIT included. Each counts once, though the kernel, which shows
   * its table bit by bit, may show one twice that changes its state meanwhile. Accepted ends have
   * no port of the block.
   */
  int count() throws IOException {
    return Math.toIntExact(
        SocketTable.read(block).stream()
            .filter(PortsInUse::isConnection)
            .map(Connection::of)
            .filter(connection -> backEnds.contains(connection.remote))
            .distinct()
            .count());
  }

  private static boolean isConnection(TcpSocket socket) {
    // A listener has no remote port.
    return socket.remotePort() != 0;
  }

  private record Connection(Endpoint local, Endpoint remote) {
    static Connection of(TcpSocket socket) {
      return new Connection(
          new Endpoint(socket.localAddress(), socket.localPort()),
          new Endpoint(socket.remoteAddress(), socket.remotePort()));
    }
  }
}
