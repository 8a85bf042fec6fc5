package io.fourtuple.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.PrematureChannelClosureException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuickstartIT {
  private static final int GETS = 100;

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
  void aHundredGetsUseOneConnectionWhereTheServerKeepsItAlive() throws Exception {
    try (PoolOfOne client = new PoolOfOne(endpoint)) {
      for (int i = 0; i < GETS; i++) {
        assertThat(PoolUser.ask(client.pool, client.destination)).isEqualTo("hello");
      }
      assertThat(client.pool.snapshot().counters().opened()).isEqualTo(1);
    }
  }

  @Test
  void aHundredGetsSucceedWhereTheServerSaysThatItCloses() throws Exception {
    try (ClosingServer closing = ClosingServer.saying(answer("Connection: close\r\n"));
        PoolOfOne client = new PoolOfOne(closing.endpoint())) {
      for (int i = 0; i < GETS; i++) {
        assertThat(PoolUser.ask(client.pool, client.destination)).isEqualTo("hello");
      }
      assertThat(client.pool.snapshot().counters().opened()).isEqualTo(GETS);
    }
  }

  @Test
  void aHundredGetsAskedAgainSucceedWhereTheServerClosesWithoutAWord() throws Exception {
    try (ClosingServer closing = ClosingServer.saying(answer(""));
        PoolOfOne client = new PoolOfOne(closing.endpoint())) {
      for (int i = 0; i < GETS; i++) {
        assertThat(PoolUser.askAgain(client.pool, client.destination)).isEqualTo("hello");
      }
      assertThat(client.pool.snapshot().counters().opened()).isEqualTo(GETS);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"})
  void anAnswerThatBreaksOffIsAnErrorAndNotTakenForNone(String part) throws Exception {
    try (ClosingServer closing = ClosingServer.saying(part);
        PoolOfOne client = new PoolOfOne(closing.endpoint())) {
      assertThatThrownBy(() -> PoolUser.ask(client.pool, client.destination))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(HttpGet.Unanswered.class)
          .hasCauseInstanceOf(PrematureChannelClosureException.class);
    }
  }

  @Test
  void aServerThatClosesInsteadOfAnsweringLeavesTheGetUnanswered() throws Exception {
    try (ClosingServer closing = ClosingServer.saying("");
        PoolOfOne client = new PoolOfOne(closing.endpoint())) {
      assertThatThrownBy(() -> PoolUser.ask(client.pool, client.destination))
          .isInstanceOf(HttpGet.Unanswered.class);
    }
  }

  @Test
  void aGetOnAClosedChannelIsUnansweredInsteadOfWaiting() throws Exception {
    try (PoolOfOne client = new PoolOfOne(endpoint);
        Lease<Channel> lease = client.pool.acquire(client.destination, Duration.ofSeconds(2))) {
      CompletableFuture<Void> emptied = new CompletableFuture<>();
      ChannelHandler last =
          new ChannelInboundHandlerAdapter() {
            @Override
            public void handlerRemoved(ChannelHandlerContext context) {
              emptied.complete(null);
            }
          };
      lease.connection().pipeline().addLast(last);
      lease.connection().close().sync();
      emptied.get(5, TimeUnit.SECONDS); // from here on no handler is told of the close
      assertThatThrownBy(() -> HttpGet.on(lease.connection()))
          .isInstanceOf(HttpGet.Unanswered.class);
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

  private static String answer(String headers) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + headers + "\r\nhello";
  }

  /** The pool of the example, for one destination, with one connection. */
  private final class PoolOfOne implements AutoCloseable {
    final Destination destination;
    final ConnectionPool<Channel> pool;
    private final NettyConnector connector;

    PoolOfOne(Endpoint endpoint) throws IOException, InterruptedException {
      destination = Destination.of(endpoint);
      connector = PoolUser.connector(HostPorts.builder().ledger(ledger).build());
      pool = PoolUser.pool(connector);
      // The first one takes longer than users wait where the JVM is cold and the machine busy.
      pool.acquire(destination, Duration.ofSeconds(30)).close();
    }

    @Override
    public void close() {
      try (connector) {
        pool.close();
      }
    }
  }
}
