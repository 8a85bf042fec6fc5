package io.fourtuple.examples.quickstart;

import io.fourtuple.host.HostPorts;
import io.fourtuple.host.HostSources;
import io.fourtuple.host.TransportAbilities;
import io.fourtuple.port.Ending;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.PortsExhaustedException;
import io.fourtuple.port.Route;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;

/** Somebody who has a pool already, of plain sockets, and wants the budgets alone. */
final class LedgerUser {
  private final HostSources sources;
  private final PortLedger ledger;

  LedgerUser(HostPorts ports) {
    sources = ports.forTransport(TransportAbilities.NONE); // plain Java sockets
    ledger = sources.ledger();
  }

  BudgetedSocket connect(Endpoint endpoint) throws IOException {
    for (int attempt = 1; ; attempt++) {
      PortReservation port = reserve(endpoint); // counted from here on
      Socket socket = new Socket();
      Ending refusal = Ending.PORT_TAKEN;
      try {
        port.connecting();
        if (sources.binds() && port.binds()) {
          socket.setReuseAddress(true); // before the bind
          socket.bind(new InetSocketAddress(port.route().source().address(), port.port()));
        }
        refusal = Ending.TUPLE_TAKEN;
        socket.connect(endpoint.toSocketAddress(), 1_000);
        port.established(socket.getLocalPort());
        return new BudgetedSocket(socket, port);
      } catch (BindException e) { // the kernel knows better: try another port
        socket.close();
        port.settle(refusal);
        if (attempt == 8) {
          throw e;
        }
      } catch (IOException e) {
        socket.close();
        port.settle(Ending.CONNECT_FAILED);
        throw e;
      }
    }
  }

  private PortReservation reserve(Endpoint endpoint) throws IOException {
    List<Route> routes =
        sources.reaching(endpoint).stream().map(source -> new Route(source, endpoint)).toList();
    if (routes.isEmpty()) {
      throw new NoRouteToHostException("no source address reaches " + endpoint);
    }
    PortReservation port = ledger.tryReserve(routes);
    if (port == null) {
      throw new PortsExhaustedException(
          routes.stream().map(ledger::census).toList(), Duration.ZERO, null);
    }
    return port;
  }

  record BudgetedSocket(Socket socket, PortReservation port) implements Closeable {
    @Override
    public void close() throws IOException {
      if (!port.isSettled()) {
        port.closing();
        try (socket) {
          socket.shutdownOutput();
        } finally {
          port.settle(Ending.UNKNOWN); // say more where you know who closed first
        }
      }
    }
  }
}
