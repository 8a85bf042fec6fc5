package io.fourtuple.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuickstartIT {
  private final PortLedger ledger = PortLedger.create(HostNetwork.read().limits());
  private HttpServer server;
  private Endpoint endpoint;

  @BeforeEach
  void startServer() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.start();
    endpoint = Endpoint.of(server.getAddress());
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  @Test
  void aPoolUserAsksTwiceOnOneConnection() throws Exception {
    HostPorts ports = HostPorts.builder().ledger(ledger).build();
    try (NettyConnector connector = PoolUser.connector(ports);
        ConnectionPool<Channel> pool = PoolUser.pool(connector)) {
      assertThat(PoolUser.ask(pool, Destination.of(endpoint))).isEqualTo("hello");
      assertThat(PoolUser.ask(pool, Destination.of(endpoint))).isEqualTo("hello");
      assertThat(pool.snapshot().counters().opened()).isEqualTo(1);
    }
  }

  @Test
  void aLedgerUserCountsEachSocketUntilItIsClosed() throws Exception {
    HostPorts ports = HostPorts.builder().sources("127.0.0.1").ledger(ledger).build();
    LedgerUser user = new LedgerUser(ports);
    try (LedgerUser.BudgetedSocket connection = user.connect(endpoint)) {
      assertThat(connection.socket().getLocalPort()).isEqualTo(connection.port().port());
      assertThat(ledger.census().get(0).established()).isEqualTo(1);
    }
    assertThat(ledger.census().get(0).established()).isZero();
  }

  @Test
  void withoutSourcesTheKernelPicksAndTheLedgerCounts() throws Exception {
    LedgerUser user = new LedgerUser(HostPorts.builder().ledger(ledger).build());
    try (LedgerUser.BudgetedSocket connection = user.connect(endpoint)) {
      assertThat(connection.port().route().source().selection()).isEqualTo(PortSelection.KERNEL);
      assertThat(connection.socket().getLocalPort()).isEqualTo(connection.port().port());
      assertThat(ledger.census().get(0).established()).isEqualTo(1);
    }
  }

  @Test
  void anOperatorSeesWhatIsUsed() throws Exception {
    LedgerUser user = new LedgerUser(HostPorts.builder().ledger(ledger).build());
    Operator.observe(ledger);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (LedgerUser.BudgetedSocket connection = user.connect(endpoint)) {
      assertThat(connection.port().binds()).isFalse();
      Operator.print(ledger, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }
    Operator.enforce(ledger);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains(" to " + endpoint + ": 1 of ")
        .contains("1 connections, 0 refusals absorbed, 0 beyond the budget");
  }
}
