package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing as JDK 21 has it, on earlier JDKs too. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class ClosingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(Setup.PATIENCE_SECONDS);

  @AutoClose private final HttpRig rig = new HttpRig();
  private final CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();

  private PooledHttpClient client(Setup setup) {
    return rig.client(builder -> builder.version(setup.version()));
  }

  private CompletableFuture<HttpResponse<String>> underWay(Setup setup, PooledHttpClient client)
      throws Exception {
    WebServer server = rig.server(setup, arrived::complete);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    HttpRig.await(arrived);
    return future;
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void shutdownLetsGoOnWhatIsUnderWay(Setup setup) throws Exception {
    PooledHttpClient client = client(setup);
    var future = underWay(setup, client);
    client.shutdown();
    assertThat(client.isTerminated()).isFalse();
    assertThat(client.awaitTermination(Duration.ofMillis(1))).isFalse();
    HttpRig.await(arrived).reply("done");
    assertThat(HttpRig.await(future).body()).isEqualTo("done");
    assertThat(client.awaitTermination(PATIENCE)).isTrue();
    assertThat(client.isTerminated()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void nothingBeginsAfterIt(Setup setup) throws Exception {
    PooledHttpClient client = client(setup);
    WebServer server = rig.server(setup, request -> request.reply("body"));
    client.send(HttpRig.get(server.uri("/")), BodyHandlers.discarding());
    client.shutdown();
    client.shutdown(); // harmless
    assertThatThrownBy(() -> client.send(HttpRig.get(server.uri("/")), BodyHandlers.discarding()))
        .isInstanceOf(IOException.class);
    var future = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.discarding());
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    assertThat(client.awaitTermination(PATIENCE)).isTrue();
    var late = client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.discarding());
    assertThat(HttpRig.failure(late)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void shutdownNowEndsWhatIsUnderWay(Setup setup) throws Exception {
    PooledHttpClient client = client(setup);
    var future = underWay(setup, client);
    client.shutdownNow();
    assertThat(HttpRig.failure(future))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("shut down");
    HttpRig.await(CancelTest.toCompletable(HttpRig.await(arrived).channel().closeFuture()));
    assertThat(client.awaitTermination(PATIENCE)).isTrue();
  }

  /** Until its body is read, a response is under way. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void aBodyThatIsReadIsUnderWay(Setup setup) throws Exception {
    PooledHttpClient client = client(setup);
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              arrived.complete(request);
            });
    var response = client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofInputStream());
    client.shutdown();
    assertThat(client.awaitTermination(Duration.ofMillis(1))).isFalse();
    HttpRig.await(arrived).chunk(new byte[] {'x'});
    assertThat(response.body().read()).isEqualTo('x');
    client.shutdownNow();
    assertThatThrownBy(response.body()::read).isInstanceOf(IOException.class);
    assertThat(client.awaitTermination(PATIENCE)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void closeWaits(Setup setup) throws Exception {
    PooledHttpClient client = client(setup);
    var future = underWay(setup, client);
    Thread closer = new Thread(client::close);
    closer.start();
    Setup.await(
        () -> "close waits",
        () ->
            closer.getState() == Thread.State.TIMED_WAITING
                || closer.getState() == Thread.State.WAITING);
    assertThat(future).isNotDone();
    HttpRig.await(arrived).reply("done");
    assertThat(HttpRig.await(future).body()).isEqualTo("done");
    closer.join();
    assertThat(client.isTerminated()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void whoeverIsInterruptedInCloseEndsIt(Setup setup) throws Exception {
    PooledHttpClient client = client(setup);
    var future = underWay(setup, client);
    CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
    Thread closer =
        new Thread(
            () -> {
              client.close();
              isInterrupted.complete(Thread.currentThread().isInterrupted());
            });
    closer.start();
    closer.interrupt();
    assertThat(HttpRig.failure(future)).isInstanceOf(IOException.class);
    assertThat(HttpRig.await(isInterrupted)).isTrue();
    assertThat(client.isTerminated()).isTrue();
  }

  /** It would wait for itself. */
  @Test
  void aCallbackMayClose() throws Exception {
    WebServer server = rig.server(Setup.OURS_HTTP1, request -> request.reply("body"));
    PooledHttpClient client = rig.client(builder -> builder.executor(Runnable::run));
    var closed =
        client
            .sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString())
            .thenAccept(response -> client.close());
    HttpRig.await(closed);
    assertThat(client.awaitTermination(PATIENCE)).isTrue();
  }

  @Test
  void nothingWasUnderWay() throws Exception {
    PooledHttpClient client = client(Setup.OURS_HTTP1);
    assertThat(client.isTerminated()).isFalse();
    assertThat(client.awaitTermination(Duration.ZERO)).isFalse();
    client.close();
    client.close(); // harmless
    assertThat(client.isTerminated()).isTrue();
    assertThat(client.awaitTermination(Duration.ofSeconds(-1))).isTrue();
  }

  @Test
  void whoWaitsForAConnectionIsEndedToo() throws Exception {
    ScriptedServer server = rig.scripted();
    PooledHttpClient client = rig.client(builder -> builder.ports(OnePort.ports()));
    var first = client.sendAsync(HttpRig.get(server.uri("/1")), BodyHandlers.ofString());
    server.next().readHead();
    var second = client.sendAsync(HttpRig.get(server.uri("/2")), BodyHandlers.ofString());
    Setup.await(() -> "one waits", () -> client.pool().snapshot().waiting() == 1);
    client.shutdownNow();
    assertThat(HttpRig.failure(first)).isInstanceOf(IOException.class);
    assertThat(HttpRig.failure(second)).isInstanceOf(IOException.class);
    assertThat(client.awaitTermination(PATIENCE)).isTrue();
    assertThat(client.pool().snapshot().waiting()).isZero();
  }
}
