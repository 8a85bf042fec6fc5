package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Informational responses, responses without a body, and those that come too early. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class InterimTest {
  private static final String ALL_HTTP1 = "(OURS|JDK)(_TLS)?_HTTP1";
  private static final String OURS_HTTP1 = "OURS(_TLS)?_HTTP1";

  @AutoClose private final HttpRig rig = new HttpRig();

  private static CompletableFuture<HttpResponse<String>> post(
      HttpClient client, ScriptedServer server, boolean expectContinue) {
    return client.sendAsync(
        HttpRequest.newBuilder(server.uri("/"))
            .POST(BodyPublishers.ofString("content"))
            .expectContinue(expectContinue)
            .build(),
        BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ALL_HTTP1)
  void theBodyIsSentWhenTheServerSaysSo(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    long asked = System.nanoTime();
    var future = post(client, server, true);
    ScriptedServer.Peer peer = server.next();
    assertThat(peer.readHead()).containsIgnoringCase("expect: 100-continue");
    assertThat(peer.hasInput() && isBeforeItGivesUp(asked)).isFalse();
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    assertThat(peer.read(7)).isEqualTo("content");
    peer.respond("done");
    assertThat(HttpRig.await(future).body()).isEqualTo("done");
    var next = post(client, server, false);
    peer.readHead();
    assertThat(peer.read(7)).isEqualTo("content");
    peer.respond("next");
    assertThat(HttpRig.await(next).body()).isEqualTo("next");
    HttpRig.assertAtRest(client);
  }

  /** A client sends the body after a second without an answer, which a busy machine may need. */
  private static boolean isBeforeItGivesUp(long asked) {
    return System.nanoTime() - asked < TimeUnit.SECONDS.toNanos(1);
  }

  /** Then no body is sent, and the connection is not used again. */
  @ParameterizedTest
  @ValueSource(ints = {417, 401, 200})
  void aFinalStatusInsteadIsTheResponse(int status) throws Exception {
    for (Setup setup : new Setup[] {Setup.OURS_HTTP1, Setup.OURS_TLS_HTTP1}) {
      ScriptedServer server = rig.scripted(setup);
      HttpClient client = rig.client(setup);
      long asked = System.nanoTime();
      var future = post(client, server, true);
      ScriptedServer.Peer peer = server.next();
      peer.readHead();
      peer.send("HTTP/1.1 " + status + " No\r\nContent-Length: 2\r\n\r\nno");
      HttpResponse<String> response = HttpRig.await(future);
      boolean isInTime = isBeforeItGivesUp(asked);
      assertThat(response.statusCode()).isEqualTo(status);
      assertThat(response.body()).isEqualTo("no");
      peer.awaitEnd();
      assertThat(peer.discarded() > 0 && isInTime).isFalse();
      HttpRig.assertAtRest(client);
      HttpRig.assertWorks((PooledHttpClient) client);
    }
  }

  /** RFC 9110, 10.1.1: a client must not wait for ever. The JDK does. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void aServerThatSaysNothingGetsTheBody(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    var future = post(client, server, true);
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    assertThat(peer.read(7)).isEqualTo("content");
    peer.send("HTTP/1.1 100 Continue\r\n\r\n"); // late, and without effect
    peer.respond("done");
    assertThat(HttpRig.await(future).body()).isEqualTo("done");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void expectContinueIsUnderstoodByAll(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply(request.text()));
    HttpClient client = rig.client(setup);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/"))
            .POST(BodyPublishers.ofString("content"))
            .expectContinue(true)
            .build();
    assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("content");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void informationalResponsesArePassedOver(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    for (int i = 0; i < 8; i++) {
      peer.send("HTTP/1.1 102 Processing\r\n\r\n");
      peer.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
    }
    peer.respond("done");
    HttpResponse<String> response = HttpRig.await(future);
    assertThat(response.body()).isEqualTo("done");
    assertThat(response.headers().map()).doesNotContainKey("link");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void butNotAnyNumberOfThem(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.send("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(17));
    assertThat(HttpRig.failure(future))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("16 informational");
    peer.awaitEnd();
    HttpRig.assertAtRest(client);
  }

  /** What says how long a body would be is no body. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ALL_HTTP1)
  void someResponsesHaveNoBody(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    HttpRequest head =
        HttpRequest.newBuilder(server.uri("/")).method("HEAD", BodyPublishers.noBody()).build();
    var first = client.sendAsync(head, BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    assertThat(peer.readHead()).startsWith("HEAD / ");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    assertThat(HttpRig.await(first).body()).isEmpty();
    assertThat(first.join().headers().firstValue("content-length")).contains("100");
    for (String status : new String[] {"304 Not Modified\r\nContent-Length: 5", "204 No Content"}) {
      var next = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
      peer.readHead();
      peer.send("HTTP/1.1 " + status + "\r\n\r\n");
      assertThat(HttpRig.await(next).body()).isEmpty();
    }
    assertThat(server.connections()).isEqualTo(1);
    HttpRig.assertAtRest(client);
  }

  /** The rest of the request is not sent; its publisher is cancelled. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = OURS_HTTP1)
  void aResponseMayComeBeforeAllOfTheRequest(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    HttpClient client = rig.client(setup);
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/"))
            .POST(
                BodyPublishers.fromPublisher(
                    subscriber ->
                        subscriber.onSubscribe(
                            new java.util.concurrent.Flow.Subscription() {
                              @Override
                              public void request(long items) {
                                // it has nothing yet
                              }

                              @Override
                              public void cancel() {
                                cancelled.complete(null);
                              }
                            })))
            .build();
    var future = client.sendAsync(request, BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    assertThat(HttpRig.await(future).statusCode()).isEqualTo(413);
    HttpRig.await(cancelled);
    peer.awaitEnd();
    HttpRig.assertAtRest(client);
    HttpRig.assertWorks((PooledHttpClient) client);
  }

  /** What comes before anybody asked is no response. */
  @Test
  void anAnswerBeforeTheRequestIsNone() throws Exception {
    ScriptedServer server = rig.scripted();
    PooledHttpClient client = rig.client();
    var first = client.sendAsync(HttpRig.get(server.uri("/1")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    peer.respond("first");
    assertThat(HttpRig.await(first).body()).isEqualTo("first");
    peer.respond("nobody asked");
    peer.awaitEnd();
    var second = client.sendAsync(HttpRig.get(server.uri("/2")), BodyHandlers.ofString());
    ScriptedServer.Peer other = server.next();
    other.readHead();
    other.respond("second");
    assertThat(HttpRig.await(second).body()).isEqualTo("second");
    HttpRig.assertAtRest(client);
  }
}
