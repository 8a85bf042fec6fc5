package io.fourtuple.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Protocols other than plain HTTP/1.1, and the pages about the gateway. */
class ProtocolsTest extends GatewayRig {
  private static URI uri(String scheme, InetSocketAddress address, String path) {
    return URI.create(scheme + "://localhost:" + address.getPort() + path);
  }

  @Test
  void http2OverTls(@TempDir Path directory) throws Exception {
    X509Bundle key =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    Path chain = Files.writeString(directory.resolve("chain.pem"), key.getCertificatePathPEM());
    Path pem = Files.writeString(directory.resolve("key.pem"), key.getPrivateKeyPEM());
    SSLContext trust = SSLContext.getInstance("TLS");
    trust.init(null, key.toTrustManagerFactory().getTrustManagers(), null);
    try (Upstream upstream =
            Upstream.playing(
                connection -> {
                  while (true) {
                    String head = connection.readHead();
                    connection.respond(head.startsWith("POST") ? connection.readBody(head) : head);
                  }
                });
        Gateway gateway = gateway(upstream, "tls.certificate = " + chain, "tls.key = " + pem)) {
      HttpClient client = HttpClient.newBuilder().sslContext(trust).build();
      // While there is no connection, each of the others would open one.
      HttpRequest first = HttpRequest.newBuilder(uri("https", gateway.address(), "/")).build();
      assertThat(client.send(first, BodyHandlers.ofString()).version())
          .isEqualTo(HttpClient.Version.HTTP_2);
      List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        HttpRequest get = HttpRequest.newBuilder(uri("https", gateway.address(), "/" + i)).build();
        responses.add(client.sendAsync(get, BodyHandlers.ofString()));
      }
      for (int i = 0; i < 50; i++) {
        HttpResponse<String> response = responses.get(i).get();
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.body())
            .startsWith("GET /" + i + " HTTP/1.1\r\n")
            .containsIgnoringCase("host: localhost:")
            .containsIgnoringCase("proto=https")
            .doesNotContain("x-http2");
      }
      while (gateway.pool().snapshot().connecting() > 0) { // for those served by another one
        LockSupport.parkNanos(1_000_000);
      }
      long opened = gateway.pool().snapshot().counters().opened();
      for (int i = 0; i < 10; i++) {
        HttpRequest get = HttpRequest.newBuilder(uri("https", gateway.address(), "/" + i)).build();
        assertThat(client.send(get, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      }
      assertThat(gateway.pool().snapshot().counters().opened()).isEqualTo(opened);
      String large = "x".repeat(3 << 20);
      HttpRequest post =
          HttpRequest.newBuilder(uri("https", gateway.address(), "/"))
              .POST(BodyPublishers.ofString(large))
              .build();
      assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo(large);
      HttpRequest old =
          HttpRequest.newBuilder(uri("https", gateway.address(), "/old"))
              .version(HttpClient.Version.HTTP_1_1)
              .build();
      assertThat(client.send(old, BodyHandlers.ofString()).version())
          .isEqualTo(HttpClient.Version.HTTP_1_1);
    }
  }

  @Test
  void webSocketPassesBothWays() throws Exception {
    try (Upstream upstream =
            Upstream.playing(
                connection -> {
                  assertThat(connection.readHead())
                      .containsIgnoringCase("upgrade: websocket")
                      .containsIgnoringCase("sec-websocket-key: k");
                  connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n");
                  connection.send("Connection: Upgrade\r\nSec-WebSocket-Accept: a\r\n\r\n");
                  connection.send("from the start");
                  connection.send(connection.read(5)).send("!");
                });
        Gateway gateway = gateway(upstream);
        Wire client = Wire.to(gateway.address())) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n");
      client.send("Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n");
      assertThat(client.readHead())
          .startsWith("HTTP/1.1 101 ")
          .containsIgnoringCase("connection: upgrade")
          .contains("Sec-WebSocket-Accept: a");
      assertThat(client.read(14)).isEqualTo("from the start");
      assertThat(client.send("\u0081\u0000\n\r\u0005").readToEnd())
          .isEqualTo("\u0081\u0000\n\r\u0005!");
    }
  }

  @Test
  void aWebSocketWhoseClientHasGoneIsClosedInOrder() throws Exception {
    BlockingQueue<Boolean> resets = new LinkedBlockingQueue<>();
    try (Upstream upstream =
            Upstream.playing(
                connection -> {
                  connection.readHead();
                  connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n");
                  connection.send("Connection: Upgrade\r\n\r\n");
                  connection.read(5);
                  resets.add(connection.endsWithReset());
                });
        Gateway gateway = gateway(upstream)) {
      try (Wire client = Wire.to(gateway.address())) {
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n");
        client.send("Upgrade: websocket\r\nSec-WebSocket-Key: k\r\n\r\n").readHead();
        client.send("\u0081\u0000\n\r\u0005");
      }
      assertThat(resets.poll(30, TimeUnit.SECONDS)).isEqualTo(false);
    }
  }

  @Test
  void thePagesShowRoutesAndConnections() throws Exception {
    try (Upstream upstream = Upstream.echoingHeads();
        Gateway gateway = gateway(upstream, "admin = 127.0.0.1:0");
        Wire client = Wire.to(gateway.address())) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readBody(client.readHead());
      HttpClient browser = HttpClient.newHttpClient();
      String ports =
          browser
              .send(
                  HttpRequest.newBuilder(uri("http", gateway.adminAddress(), "/ports")).build(),
                  BodyHandlers.ofString())
              .body();
      assertThat(ports).contains("\u2192 " + upstream.address(), "<svg", "<td>one", "</html>");
      String metrics =
          browser
              .send(
                  HttpRequest.newBuilder(uri("http", gateway.adminAddress(), "/metrics")).build(),
                  BodyHandlers.ofString())
              .body();
      assertThat(metrics)
          .contains("fourtuple_acquire_seconds_count{destination=\"one\"} 1")
          .containsPattern("fourtuple_ports_absorbed_total \\d");
    }
  }
}
