package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that end, or speak, as they should not: over HTTP/1.1, byte by byte. */
class ServerFaultsTest {
  private static final String OURS_HTTP1 = "OURS(_TLS)?_HTTP1";
  private static final String ALL_HTTP1 = "(OURS|JDK)(_TLS)?_HTTP1";

  @AutoClose private final HttpRig rig = new HttpRig();

  /** Where a response ends too early. */
  enum Cut {
    BEFORE_THE_HEAD(""),
    IN_THE_HEAD("HTTP/1.1 200 OK\r\nContent-Le"),
    IN_A_BODY_WITH_LENGTH("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"),
    IN_A_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n12345"),
    BEFORE_THE_LAST_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n");

    private final String sent;

    Cut(String sent) {
      this.sent = sent;
    }
  }

  private static CompletableFuture<HttpResponse<String>> get(
      HttpClient client, ScriptedServer server, String path) {
    return client.sendAsync(HttpRig.get(server.uri(path)), BodyHandlers.ofString());
  }

  private static void assertFails(CompletableFuture<HttpResponse<String>> future, HttpClient client)
      throws Exception {
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    HttpRig.assertAtRest(client);
    if (client instanceof PooledHttpClient ours) {
      assertThat(ours.pool().snapshot().idle()).isZero();
      HttpRig.assertWorks(ours);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServerCloses(Cut cut) throws Exception {
    for (Setup setup : new Setup[] {Setup.JDK_HTTP1, Setup.OURS_HTTP1, Setup.OURS_TLS_HTTP1}) {
      if (!setup.isOurs() && cut == Cut.BEFORE_THE_HEAD) {
        continue; // the JDK sends it again, on a new connection too
      }
      ScriptedServer server = rig.scripted(setup);
      HttpClient client = rig.client(setup);
      var future = get(client, server, "/");
      ScriptedServer.Peer peer = server.next();
      peer.readHead();
      peer.send(cut.sent).close();
      assertFails(future, client);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServerResets(Cut cut) throws Exception {
    for (Setup setup : new Setup[] {Setup.JDK_HTTP1, Setup.OURS_HTTP1}) {
      if (!setup.isOurs() && cut == Cut.BEFORE_THE_HEAD) {
        continue;
      }
      ScriptedServer server = rig.scripted(setup);
      HttpClient client = rig.client(setup);
      var future = get(client, server, "/");
      ScriptedServer.Peer peer = server.next();
      peer.readHead();
      peer.send(cut.sent).reset();
      assertFails(future, client);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1) // the JDK leaves it open
  void garbage(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    var future = get(client, server, "/");
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.send("SSH-2.0-OpenSSH_9.9\r\n\r\n");
    assertFails(future, client);
    peer.awaitEnd();
  }

  /** The next request has a connection of its own. */
  @ParameterizedTest
  @CsvSource({
    "OURS_HTTP1, 'x'",
    "OURS_HTTP1, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad'",
    "OURS_TLS_HTTP1, 'x'",
    "OURS_TLS_HTTP1, 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad'"
  })
  void bytesAfterAResponsePoisonTheConnection(Setup setup, String more) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    var first = get(client, server, "/1");
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood" + more);
    assertThat(HttpRig.await(first).body()).isEqualTo("good");
    peer.awaitEnd();
    var second = get(client, server, "/2");
    ScriptedServer.Peer other = server.next();
    assertThat(other.readHead()).startsWith("GET /2 ");
    other.respond("too");
    assertThat(HttpRig.await(second).body()).isEqualTo("too");
    HttpRig.assertAtRest(client);
  }

  /** Also where somebody waits for the connection already, whose answer they must not become. */
  @ParameterizedTest
  @CsvSource({"OURS_HTTP1, false", "OURS_TLS_HTTP1, false", "OURS_TLS_HTTP1, true"})
  void theyAreNoAnswerToWhoWaits(Setup setup, boolean isOwnRecord) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client =
        rig.client(builder -> builder.version(setup.version()).ports(OnePort.ports()));
    var first = get(client, server, "/1");
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    var second = get(client, server, "/2");
    Setup.await(
        () -> "one waits", () -> ((PooledHttpClient) client).pool().snapshot().waiting() == 1);
    String good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
    String bad = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad";
    if (isOwnRecord) {
      peer.sendRecords(good, bad);
    } else {
      peer.send(good + bad);
    }
    assertThat(HttpRig.await(first).body()).isEqualTo("good");
    peer.awaitEnd();
    ScriptedServer.Peer other = server.next();
    assertThat(other.readHead()).startsWith("GET /2 ");
    other.respond("too");
    assertThat(HttpRig.await(second).body()).isEqualTo("too");
    HttpRig.assertAtRest(client);
  }

  private static HttpRequest request(String method, ScriptedServer server) {
    return HttpRequest.newBuilder(server.uri("/next"))
        .method(
            method,
            method.equals("GET") || method.equals("DELETE")
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString("body"))
        .build();
  }

  /** A connection that the server closes as the next request comes: RFC 9112, 9.3.1. */
  @ParameterizedTest
  @CsvSource({
    "OURS_HTTP1, GET",
    "OURS_HTTP1, PUT",
    "OURS_HTTP1, DELETE",
    "OURS_TLS_HTTP1, GET",
    "OURS_TLS_HTTP1, PUT"
  })
  void whatIsIdempotentIsSentAgainOnce(Setup setup, String method) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    ScriptedServer.Peer peer = used(client, server);
    var future = client.sendAsync(request(method, server), BodyHandlers.ofString());
    peer.readHead();
    peer.reset();
    ScriptedServer.Peer other = server.next();
    assertThat(other.readHead()).startsWith(method + " /next ");
    other.respond("again");
    assertThat(HttpRig.await(future).body()).isEqualTo("again");
    HttpRig.assertAtRest(client);
    assertThat(server.connections()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void aSecondLossIsFinal(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    ScriptedServer.Peer peer = used(client, server);
    var future = client.sendAsync(request("GET", server), BodyHandlers.ofString());
    peer.readHead();
    peer.reset();
    ScriptedServer.Peer other = server.next();
    other.readHead();
    other.reset();
    assertFails(future, client);
    assertThat(server.connections()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void aPostIsNotSentAgain(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    ScriptedServer.Peer peer = used(client, server);
    var future = client.sendAsync(request("POST", server), BodyHandlers.ofString());
    peer.readHead();
    peer.read(4);
    peer.reset();
    assertFails(future, client);
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void whatIsAnsweredInPartIsNotSentAgain(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    ScriptedServer.Peer peer = used(client, server);
    var future = client.sendAsync(request("GET", server), BodyHandlers.ofString());
    peer.readHead();
    peer.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 2").close();
    assertFails(future, client);
    assertThat(server.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ALL_HTTP1)
  void aConnectionIsUsedUntilTheServerCloses(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    ScriptedServer.Peer peer = used(client, server);
    var second = get(client, server, "/2");
    peer.readHead();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").close();
    assertThat(HttpRig.await(second).body()).isEqualTo("ok");
    var third = get(client, server, "/3");
    ScriptedServer.Peer other = server.next();
    other.readHead();
    other.respond("other");
    assertThat(HttpRig.await(third).body()).isEqualTo("other");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ALL_HTTP1)
  void aBodyMayEndWithTheConnection(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    var future = get(client, server, "/");
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end").close();
    assertThat(HttpRig.await(future).body()).isEqualTo("until the end");
    HttpRig.assertAtRest(client);
  }

  /** A connection that has carried a request. */
  private static ScriptedServer.Peer used(HttpClient client, ScriptedServer server)
      throws Exception {
    var first = get(client, server, "/first");
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.respond("first");
    assertThat(HttpRig.await(first).body()).isEqualTo("first");
    return peer;
  }
}
