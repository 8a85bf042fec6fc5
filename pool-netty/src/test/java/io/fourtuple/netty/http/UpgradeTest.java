package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 without TLS, which a request of HTTP/1.1 asks for. */
@SuppressWarnings("FutureReturnValueIgnored") // of writes: the client tells
class UpgradeTest {
  private static final int LARGE = 4 << 20; // more than the windows of a stream and of a connection

  @AutoClose private final HttpRig rig = new HttpRig();
  private final BlockingQueue<WebServer.Incoming> arrived = new LinkedBlockingQueue<>();
  private PooledHttpClient client;

  @BeforeEach
  void start() {
    client = rig.client(builder -> builder.version(HttpClient.Version.HTTP_2));
  }

  private WebServer upgrading() throws Exception {
    return rig.keep(WebServer.startUpgrading(arrived::add));
  }

  private WebServer.Incoming next() throws InterruptedException {
    WebServer.Incoming request = arrived.poll(Setup.PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request");
    }
    return request;
  }

  private CompletableFuture<HttpResponse<String>> send(HttpRequest request) {
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  @Test
  void theFirstResponseIsOfHttp2AndTheConnectionIsSharedFromThenOn() throws Exception {
    WebServer server = upgrading();
    CompletableFuture<HttpResponse<String>> first = send(HttpRig.get(server.uri("/first")));
    next().reply("one");
    assertThat(HttpRig.await(first).version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(HttpRig.await(first).body()).isEqualTo("one");

    List<CompletableFuture<HttpResponse<String>>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(send(HttpRig.get(server.uri("/" + i))));
    }
    List<WebServer.Incoming> requests = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      requests.add(next()); // all at once, none answered
    }
    for (WebServer.Incoming request : requests) {
      request.reply(request.path());
    }
    for (int i = 0; i < 20; i++) {
      HttpResponse<String> response = HttpRig.await(others.get(i));
      assertThat(response.body()).isEqualTo("/" + i);
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    }
    assertThat(server.connections()).hasSize(1);
    HttpRig.assertAtRest(client);
  }

  @Test
  void aLargeFirstResponseIsReadToItsEnd() throws Exception {
    WebServer server = upgrading();
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofByteArray());
    next().reply(200, new byte[LARGE]);
    assertThat(HttpRig.await(response).body()).hasSize(LARGE);
    assertThat(HttpRig.await(response).version()).isEqualTo(HttpClient.Version.HTTP_2);
  }

  @Test
  void aFirstRequestWithABodyDoesNotAsk() throws Exception {
    WebServer server = upgrading();
    HttpRequest post =
        HttpRequest.newBuilder(server.uri("/")).POST(BodyPublishers.ofString("content")).build();
    CompletableFuture<HttpResponse<String>> response = send(post);
    WebServer.Incoming request = next();
    assertThat(request.header("upgrade")).isEmpty();
    assertThat(request.text()).isEqualTo("content");
    request.reply("kept");
    assertThat(HttpRig.await(response).version()).isEqualTo(HttpClient.Version.HTTP_1_1);
  }

  @Test
  void aServerThatDeclinesIsAskedOnce() throws Exception {
    WebServer server = rig.server(Setup.OURS_HTTP1, arrived::add);
    CompletableFuture<HttpResponse<String>> first = send(HttpRig.get(server.uri("/")));
    WebServer.Incoming asked = next();
    assertThat(asked.header("upgrade")).isEqualTo("h2c");
    assertThat(asked.header("http2-settings")).isNotEmpty();
    asked.reply(200, new byte[0], "connection", "close");
    assertThat(HttpRig.await(first).version()).isEqualTo(HttpClient.Version.HTTP_1_1);

    CompletableFuture<HttpResponse<String>> second = send(HttpRig.get(server.uri("/")));
    WebServer.Incoming onAnother = next();
    assertThat(onAnother.header("upgrade")).isEmpty();
    onAnother.reply("two");
    assertThat(HttpRig.await(second).body()).isEqualTo("two");
    assertThat(server.connections()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "\0\0\u0006\u0004\0\0\0\0\0\0\u0002\0\0\0\u0001"
      })
  void aServerThatSwitchesToSomethingElseIsAnErrorAtOnce(String afterwards) throws Exception {
    ScriptedServer server = rig.scripted();
    CompletableFuture<HttpResponse<String>> response = send(HttpRig.get(server.uri("/")));
    ScriptedServer.Peer peer = server.next();
    assertThat(peer.readHead()).contains("h2c");
    peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    peer.send(afterwards);
    peer.close();
    assertThat(HttpRig.failure(response)).isInstanceOf(IOException.class);
    HttpRig.assertWorks(client);
  }
}
