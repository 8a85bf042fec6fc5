package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.pool.AcquireTimeoutException;
import io.fourtuple.pool.TooManyWaitersException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests whose time is over. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class TimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  @AutoClose private final HttpRig rig = new HttpRig();

  private static HttpRequest within(Duration timeout, URI uri) {
    return HttpRequest.newBuilder(uri).timeout(timeout).build();
  }

  @ParameterizedTest
  @EnumSource
  void noHeadInTime(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server = rig.server(setup, arrived::complete);
    HttpClient client = rig.client(setup);
    HttpRequest request = within(Duration.ofSeconds(1), server.uri("/"));
    assertThat(onceConnected(client, request)).isExactlyInstanceOf(HttpTimeoutException.class);
    HttpRig.await(CancelTest.toCompletable(HttpRig.await(arrived).channel().closeFuture()));
    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isExactlyInstanceOf(HttpTimeoutException.class);
    HttpRig.assertAtRest(client);
  }

  /** On a busy machine the time may be over before there is a connection. */
  private static Throwable onceConnected(HttpClient client, HttpRequest request) throws Exception {
    Throwable why;
    do {
      why = HttpRig.failure(client.sendAsync(request, BodyHandlers.ofString()));
    } while (why instanceof HttpConnectTimeoutException);
    return why;
  }

  /** The JDK's own counts until the whole body is there from JDK 26 on. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void theTimeOfARequestEndsWithTheHead(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server =
        rig.server(
            setup,
            request -> {
              if (request.path().equals("/first")) {
                request.reply("so that there is a connection");
                return;
              }
              request.head(200);
              arrived.complete(request);
            });
    HttpClient client = rig.client(setup);
    client.send(HttpRig.get(server.uri("/first")), BodyHandlers.discarding());
    HttpRequest request = within(Duration.ofSeconds(2), server.uri("/"));
    var response = HttpRig.await(client.sendAsync(request, BodyHandlers.ofInputStream()));
    CompletableFuture<Void> late = new CompletableFuture<>();
    HttpRig.await(arrived)
        .context()
        .executor()
        .schedule(() -> late.complete(null), 2_100, java.util.concurrent.TimeUnit.MILLISECONDS);
    HttpRig.await(late);
    HttpRig.await(arrived).chunk(new byte[] {'x'});
    HttpRig.await(arrived).end();
    try (InputStream body = response.body()) {
      assertThat(body.readAllBytes()).hasSize(1);
    }
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void responseTimeoutIsForTheWholeBody(Setup setup) throws Exception {
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              request.chunk(new byte[] {'x'});
            });
    HttpClient client =
        rig.client(
            builder -> builder.version(setup.version()).responseTimeout(Duration.ofSeconds(2)));
    var response =
        HttpRig.await(client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofInputStream()));
    try (InputStream body = response.body()) {
      assertThatThrownBy(body::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasStackTraceContaining("HttpTimeoutException");
    }
    HttpRig.assertAtRest(client);
    assertThat(onceConnected(client, HttpRig.get(server.uri("/"))))
        .isExactlyInstanceOf(HttpTimeoutException.class);
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_HTTP1", "OURS_HTTP1"})
  void noConnectionInConnectTimeout(Setup setup) throws Exception {
    try (FullListener listener = new FullListener()) {
      HttpClient.Builder builder =
          setup.isOurs() ? PooledHttpClient.newBuilder() : HttpClient.newBuilder();
      HttpClient client = rig.keepClient(builder.connectTimeout(SHORT).build());
      HttpRequest request = HttpRig.get(listener.uri());
      Throwable why = HttpRig.failure(client.sendAsync(request, BodyHandlers.ofString()));
      assertThat(why).isInstanceOf(HttpConnectTimeoutException.class);
      assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
          .isInstanceOf(HttpConnectTimeoutException.class);
      HttpRig.assertAtRest(client);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_HTTP1", "OURS_HTTP1"})
  void noConnectionInTheTimeOfTheRequest(Setup setup) throws Exception {
    try (FullListener listener = new FullListener()) {
      HttpClient client = rig.client(setup);
      Throwable why =
          HttpRig.failure(client.sendAsync(within(SHORT, listener.uri()), BodyHandlers.ofString()));
      assertThat(why).isInstanceOf(HttpConnectTimeoutException.class);
    }
  }

  /** A server that says nothing for too long: TLS is part of connecting. */
  @Test
  void noHandshakeInConnectTimeout() throws Exception {
    ScriptedServer server = rig.scripted();
    PooledHttpClient client = rig.client(builder -> builder.connectTimeout(SHORT));
    URI uri = URI.create(server.uri("/").toString().replace("http:", "https:"));
    Throwable why = HttpRig.failure(client.sendAsync(HttpRig.get(uri), BodyHandlers.ofString()));
    assertThat(why).isInstanceOf(HttpConnectTimeoutException.class);
    server.next().awaitEnd();
    HttpRig.assertAtRest(client);
  }

  @Test
  void noConnectionFreeInTheTimeOfTheRequest() throws Exception {
    ScriptedServer server = rig.scripted();
    PooledHttpClient client = rig.client(builder -> builder.ports(OnePort.ports()));
    var first = client.sendAsync(HttpRig.get(server.uri("/1")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    Throwable why =
        HttpRig.failure(client.sendAsync(within(SHORT, server.uri("/2")), BodyHandlers.ofString()));
    assertThat(why)
        .isInstanceOf(HttpConnectTimeoutException.class)
        .hasMessageContaining("established=1");
    peer.respond("first");
    assertThat(HttpRig.await(first).body()).isEqualTo("first");
    HttpRig.assertAtRest(client);
  }

  @Test
  void noConnectionFreeInAcquireTimeout() throws Exception {
    ScriptedServer server = rig.scripted();
    PooledHttpClient client =
        rig.client(
            builder ->
                builder
                    .ports(OnePort.ports())
                    .acquireTimeout(Duration.ofSeconds(2))
                    .pooling(pool -> pool.maxWaiters(1)));
    var first = client.sendAsync(HttpRig.get(server.uri("/1")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    var second = client.sendAsync(HttpRig.get(server.uri("/2")), BodyHandlers.ofString());
    Throwable refused =
        HttpRig.failure(client.sendAsync(HttpRig.get(server.uri("/3")), BodyHandlers.ofString()));
    assertThat(refused).isInstanceOf(TooManyWaitersException.class);
    Throwable why = HttpRig.failure(second);
    assertThat(why)
        .isInstanceOfAny(
            AcquireTimeoutException.class, io.fourtuple.port.PortsExhaustedException.class);
    assertThatThrownBy(() -> client.send(HttpRig.get(server.uri("/4")), BodyHandlers.ofString()))
        .isInstanceOf(why.getClass())
        .hasMessageContaining("established=1");
    peer.respond("first");
    assertThat(HttpRig.await(first).body()).isEqualTo("first");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_HTTP1", "OURS_HTTP1"})
  void nobodyListens(Setup setup) throws Exception {
    HttpClient client = rig.client(setup);
    URI nobody;
    try (ScriptedServer server = ScriptedServer.plain()) {
      nobody = server.uri("/");
    }
    Throwable why = HttpRig.failure(client.sendAsync(HttpRig.get(nobody), BodyHandlers.ofString()));
    assertThat(why).isInstanceOf(java.net.ConnectException.class);
    assertThatThrownBy(() -> client.send(HttpRig.get(nobody), BodyHandlers.ofString()))
        .isInstanceOf(java.net.ConnectException.class);
    HttpRig.assertAtRest(client);
  }
}
