package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What passes through the gateway, and what becomes of it when an upstream misbehaves. */
class GatewayTest extends GatewayRig {
  private static final int PART = 1 << 20;

  @Test
  void passesOnWhatIsOfTheMessageAndNotWhatIsOfTheConnection() throws Exception {
    Wire client = client(gateway(echo()));
    String arrived =
        ask(
            client,
            """
            GET http://example.org/a?b=c HTTP/1.1
            Host: example.org
            Connection: keep-alive, X-Private
            Keep-Alive: timeout=5
            X-Private: 1
            X-Public: 2
            TE: gzip
            Forwarded: for=192.0.2.1

            """
                .replace("\n", "\r\n"));
    assertThat(arrived)
        .startsWith("GET /a?b=c HTTP/1.1\r\n")
        .contains("Host: example.org\r\n", "X-Public: 2\r\n", "Forwarded: for=192.0.2.1\r\n")
        .containsIgnoringCase("forwarded: for=127.0.0.1;host=\"example.org\";proto=http\r\n")
        .containsIgnoringCase("via: 1.1 gateway\r\n")
        .doesNotContain("X-Private", "Keep-Alive", "TE: gzip");
  }

  @Test
  void keepsConnectionsOnBothSidesAndAnswersPipelinedRequestsInTurn() throws Exception {
    Upstream upstream = echo();
    Wire client = client(gateway(upstream));
    client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readBody(client.readHead())).startsWith("GET /1 ");
    assertThat(client.readBody(client.readHead())).startsWith("GET /2 ");
    assertThat(ask(client, "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("GET /3 ");
    assertThat(upstream.accepted()).isEqualTo(1);
  }

  @Test
  void passesOnChunksAsTheyCome() throws Exception {
    SynchronousQueue<String> steps = new SynchronousQueue<>();
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
              for (String step = steps.take(); !step.isEmpty(); step = steps.take()) {
                connection.send(step);
              }
            });
    Wire client = client(gateway(upstream));
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readHead()).containsIgnoringCase("transfer-encoding: chunked");
    steps.put("3\r\none\r\n");
    assertThat(client.read(8)).isEqualTo("3\r\none\r\n");
    steps.put("3\r\ntwo\r\n0\r\n\r\n");
    assertThat(client.read(13)).isEqualTo("3\r\ntwo\r\n0\r\n\r\n");
    steps.put("");
  }

  @Test
  void anUpstreamThatLeavesClosingToTheGatewayIsReset() throws Exception {
    BlockingQueue<Boolean> resets = new LinkedBlockingQueue<>();
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              connection.send(
                  "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
              resets.add(connection.endsWithReset());
            });
    Wire client = client(gateway(upstream));
    for (int i = 0; i < 3; i++) { // the first time after it was waited for, then at once
      assertThat(ask(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo("ok");
      assertThat(resets.poll(30, TimeUnit.SECONDS)).isEqualTo(true);
    }
  }

  @Test
  void anExchangeWhoseClientHasGoneIsCutOffSoThatItsPortIsFree() throws Exception {
    BlockingQueue<Boolean> resets = new LinkedBlockingQueue<>();
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
              resets.add(connection.endsWithReset());
            });
    try (Wire client = client(gateway(upstream))) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
      client.read(5);
    }
    assertThat(resets.poll(30, TimeUnit.SECONDS)).isEqualTo(true);
  }

  @Test
  void aResponseThatEndsWithItsConnectionIsWhole() throws Exception {
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              connection.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
            });
    Gateway gateway = gateway(upstream);
    Wire modern = client(gateway);
    modern.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(modern.readHead()).containsIgnoringCase("transfer-encoding: chunked");
    assertThat(modern.read(23)).isEqualTo("d\r\nuntil the end\r\n0\r\n\r\n");
    Wire old = client(gateway);
    assertThat(old.send("GET / HTTP/1.0\r\n\r\n").readToEnd()).endsWith("\r\n\r\nuntil the end");
  }

  @Test
  void aBodyGoesUpAsItComesAndAfterTheServersWord() throws Exception {
    Upstream upstream =
        upstream(
            connection -> {
              String head = connection.readHead();
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              connection.respond(connection.readBody(head).substring(0, 5));
            });
    Wire client = client(gateway(upstream));
    client.send(
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: "
            + 3 * PART
            + "\r\n\r\n");
    assertThat(client.readHead()).startsWith("HTTP/1.1 100 ");
    client.send("12345").send(new byte[3 * PART - 5]);
    assertThat(client.readBody(client.readHead())).isEqualTo("12345");
  }

  @Test
  void aSafeRequestThatMeetsAStaleConnectionIsSentAgain() throws Exception {
    Upstream upstream =
        upstream(
            connection -> {
              connection.respond(connection.readHead());
              connection.readHead(); // the next one gets no answer
            });
    Wire client = client(gateway(upstream));
    assertThat(ask(client, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("GET /1 ");
    assertThat(ask(client, "GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("GET /2 ");
    assertThat(upstream.accepted()).isEqualTo(2);
    client.send("POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assertThat(client.readHead()).startsWith("HTTP/1.1 502 ");
    assertThat(upstream.accepted()).isEqualTo(2);
  }

  @Test
  void anUpstreamThatFailsIsA502() throws Exception {
    int nobody;
    try (ServerSocket closed = new ServerSocket(0)) {
      nobody = closed.getLocalPort();
    }
    assertStatus(gateway("127.0.0.1:" + nobody), "502");
    assertStatus(gateway("no-such-name.invalid:80"), "502");
    assertStatus(gateway(upstream(connection -> connection.send("SSH-2.0\r\n\r\n"))), "502");
    assertStatus(gateway(upstream(Wire::readHead)), "502");
  }

  @Test
  void anUpstreamThatSaysNothingIsA504() throws Exception {
    Upstream silent = upstream(Wire::readToEnd);
    assertStatus(gateway(silent, "response-timeout = 50ms"), "504");
  }

  @Test
  void aResponseThatIsCutOffIsCutOffForTheClientToo() throws Exception {
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
            });
    Wire client = client(gateway(upstream));
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.readToEnd()).endsWith("\r\n\r\n12345");
  }

  private void assertStatus(Gateway gateway, String status) throws IOException {
    Wire client = client(gateway);
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    String head = client.readHead();
    assertThat(head).startsWith("HTTP/1.1 " + status + " ");
    assertThat(client.readBody(head)).startsWith(status);
  }

  @Test
  void whileOthersHoldAllPortsRequestsAreRefusedLongBeforeTheirTime() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              arrived.countDown();
              goOn.await();
              connection.respond("late");
              connection.respond(connection.readHead());
            });
    Gateway gateway =
        gateway(upstream, "ports = 19990", "sources = 127.0.0.1", "acquire-timeout = 1h");
    Wire first = client(gateway).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    arrived.await();
    List<Wire> others = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      others.add(client(gateway).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    for (Wire other : others) {
      String head = other.readHead();
      assertThat(head).startsWith("HTTP/1.1 503 ").doesNotContainIgnoringCase("retry-after");
      assertThat(other.readBody(head)).startsWith("503");
    }
    goOn.countDown();
    assertThat(first.readBody(first.readHead())).isEqualTo("late");
    assertThat(ask(others.get(0), "GET /again HTTP/1.1\r\nHost: x\r\n\r\n"))
        .startsWith("GET /again ");
  }

  @Test
  void requestsThatAreNoneAreRefused() throws Exception {
    Gateway gateway = gateway(echo(), "route./api = one", "max-request-head = 1024");
    assertThat(statusOf(gateway, "GET /other HTTP/1.1\r\nHost: x\r\n\r\n")).isEqualTo("404");
    assertThat(statusOf(gateway, "GET /api HTTP/1.1\r\nbroken\r\n\r\n")).isEqualTo("400");
    assertThat(statusOf(gateway, "GET /api HTTP/1.1\r\nX: " + "x".repeat(2_000) + "\r\n\r\n"))
        .isEqualTo("431");
    assertThat(statusOf(gateway, "GET /" + "x".repeat(9_000) + " HTTP/1.1\r\n\r\n"))
        .isEqualTo("414");
  }

  private String statusOf(Gateway gateway, String request) throws IOException {
    return client(gateway).send(request).readHead().split(" ", -1)[1];
  }

  @Test
  void aDrainedGatewayEndsWhatIsUnderWayAndTakesNothingMore() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Upstream upstream =
        upstream(
            connection -> {
              connection.readHead();
              arrived.countDown();
              goOn.await();
              connection.respond("whole");
            });
    Gateway gateway = gateway(upstream);
    Wire idle = client(gateway);
    Wire busy = client(gateway).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    arrived.await();
    Thread drain = new Thread(gateway::close);
    drain.start();
    assertThat(idle.readToEnd()).isEmpty();
    while (listens(gateway)) { // NIO closes it a little later
      LockSupport.parkNanos(1_000_000);
    }
    while (drain.getState() != Thread.State.TIMED_WAITING) { // for those that have been told
      LockSupport.parkNanos(1_000_000);
    }
    gateway.clients().forEach(each -> each.eventLoop().submit(() -> {}).syncUninterruptibly());
    goOn.countDown();
    assertThat(busy.readToEnd()).containsIgnoringCase("connection: close").endsWith("whole");
    drain.join();
  }

  private static boolean listens(Gateway gateway) throws IOException {
    try {
      Wire.to(gateway.address()).close();
      return true;
    } catch (ConnectException e) {
      return false;
    }
  }
}
