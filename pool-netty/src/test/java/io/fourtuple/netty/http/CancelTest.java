package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.host.HostPorts;
import java.io.IOException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that nobody wants any more: nothing stays behind. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class CancelTest {
  @AutoClose private final HttpRig rig = new HttpRig();

  @ParameterizedTest
  @EnumSource
  void beforeTheHead(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server = rig.server(setup, arrived::complete);
    HttpClient client = rig.client(setup);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    WebServer.Incoming request = HttpRig.await(arrived);
    assertThat(future.cancel(true)).isTrue();
    if (client instanceof PooledHttpClient) { // the JDK's may have failed with its own exception
      assertThat(future).isCancelled();
    }
    HttpRig.await(toCompletable(request.channel().closeFuture()));
    HttpRig.assertAtRest(client);
  }

  static CompletableFuture<Void> toCompletable(io.netty.util.concurrent.Future<?> future) {
    CompletableFuture<Void> completable = new CompletableFuture<>();
    future.addListener(done -> completable.complete(null));
    return completable;
  }

  @ParameterizedTest
  @EnumSource
  void byAStageThatDependsOnIt(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server = rig.server(setup, arrived::complete);
    HttpClient client = rig.client(setup);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    var body = future.thenApply(HttpResponse::body).thenApply(String::length);
    WebServer.Incoming request = HttpRig.await(arrived);
    assertThat(body.cancel(true)).isTrue();
    HttpRig.await(toCompletable(request.channel().closeFuture()));
    CompletableFuture<Throwable> failure = future.handle((response, why) -> why);
    assertThat(HttpRig.await(failure)).isNotNull();
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void inTheBody(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              request.chunk(new byte[10]);
              arrived.complete(request);
            });
    HttpClient client = rig.client(setup);
    CompletableFuture<Void> hasHead = new CompletableFuture<>();
    var future =
        client.sendAsync(
            HttpRig.get(server.uri("/")),
            head -> {
              hasHead.complete(null);
              return HttpResponse.BodySubscribers.ofByteArray();
            });
    HttpRig.await(hasHead);
    assertThat(future.cancel(true)).isTrue();
    HttpRig.await(toCompletable(HttpRig.await(arrived).channel().closeFuture()));
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void withoutInterruptionOnlyTheFutureIsCancelled(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server = rig.server(setup, arrived::complete);
    HttpClient client = rig.client(setup);
    CompletableFuture<Void> whole = new CompletableFuture<>();
    var future =
        client.sendAsync(
            HttpRig.get(server.uri("/")),
            head ->
                HttpResponse.BodySubscribers.ofByteArrayConsumer(
                    bytes -> {
                      if (bytes.isEmpty()) {
                        whole.complete(null);
                      }
                    }));
    WebServer.Incoming request = HttpRig.await(arrived);
    assertThat(future.cancel(false)).isTrue();
    request.reply("done");
    HttpRig.await(whole);
    assertThat(server.connections().peek().isActive()).isTrue();
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCompleteCannotBeCancelled(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    HttpRig.await(future);
    assertThat(future.cancel(true)).isFalse();
    assertThat(future.join().body()).isEqualTo("body");
    HttpRig.assertAtRest(client);
  }

  /** Closed in order it would leave its port in TIME_WAIT, and many would leave none to others. */
  @Test
  void theConnectionIsReset() throws Exception {
    ScriptedServer server = rig.scripted();
    PooledHttpClient client = rig.client(builder -> {});
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    assertThat(future.cancel(true)).isTrue();
    assertThatThrownBy(() -> peer.read(1)).isInstanceOf(SocketException.class);
    HttpRig.assertAtRest(client);
  }

  @Test
  void whileItConnects() throws Exception {
    try (FullListener listener = new FullListener()) {
      PooledHttpClient client =
          rig.client(builder -> builder.connectTimeout(Duration.ofSeconds(10)));
      var future = client.sendAsync(HttpRig.get(listener.uri()), BodyHandlers.ofString());
      Setup.await(() -> "connecting", () -> client.pool().snapshot().connecting() == 1);
      assertThat(future.cancel(true)).isTrue();
      assertThat(client.pool().snapshot().waiting()).isZero();
      HttpRig.assertWorks(client);
    }
  }

  @Test
  void whileItWaitsForAConnection() throws Exception {
    ScriptedServer server = rig.scripted();
    HostPorts one = OnePort.ports();
    PooledHttpClient client = rig.client(builder -> builder.ports(one));
    var first = client.sendAsync(HttpRig.get(server.uri("/1")), BodyHandlers.ofString());
    ScriptedServer.Peer peer = server.next();
    peer.readHead();
    var second = client.sendAsync(HttpRig.get(server.uri("/2")), BodyHandlers.ofString());
    var third = client.sendAsync(HttpRig.get(server.uri("/3")), BodyHandlers.ofString());
    Setup.await(() -> "two wait", () -> client.pool().snapshot().waiting() == 2);
    assertThat(second.cancel(true)).isTrue();
    Setup.await(() -> "one waits", () -> client.pool().snapshot().waiting() == 1);
    peer.respond("first");
    assertThat(HttpRig.await(first).body()).isEqualTo("first");
    assertThat(peer.readHead()).startsWith("GET /3 ");
    peer.respond("third");
    assertThat(HttpRig.await(third).body()).isEqualTo("third");
    assertThat(server.connections()).isEqualTo(1);
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptedSendGivesItUp(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server = rig.server(setup, arrived::complete);
    HttpClient client = rig.client(setup);
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread sender =
        new Thread(
            () -> {
              try {
                client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
              } catch (IOException | InterruptedException | RuntimeException e) {
                thrown.set(e);
              }
            });
    sender.start();
    WebServer.Incoming request = HttpRig.await(arrived);
    sender.interrupt();
    HttpRig.await(toCompletable(request.channel().closeFuture()));
    sender.join();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void sendOfAnInterruptedThreadDoesNotWait(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> {});
    HttpClient client = rig.client(setup);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofString()))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    HttpRig.assertAtRest(client);
  }
}
