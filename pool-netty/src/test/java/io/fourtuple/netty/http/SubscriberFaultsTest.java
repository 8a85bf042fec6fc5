package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers and subscribers that break their rules, or do little. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class SubscriberFaultsTest {
  private static final String FAULT = "the user's fault";

  @AutoClose private final HttpRig rig = new HttpRig();

  /** A subscriber that does what all should; tests override some of it. */
  private static class Plain implements BodySubscriber<String> {
    final CompletableFuture<String> body = new CompletableFuture<>();
    final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<String> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
      item.forEach(buffer -> text.append(StandardCharsets.US_ASCII.decode(buffer)));
    }

    @Override
    public void onError(Throwable why) {
      body.completeExceptionally(why);
    }

    @Override
    public void onComplete() {
      body.complete(text.toString());
    }
  }

  private static IllegalStateException fault() {
    return new IllegalStateException(FAULT);
  }

  /** The future fails for that reason, nothing stays behind, and the client goes on. */
  private void assertFails(Setup setup, BodyHandler<String> handler) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    HttpRequest request = HttpRig.get(server.uri("/"));
    Throwable why = HttpRig.failure(client.sendAsync(request, handler));
    assertThat(why).hasStackTraceContaining(FAULT);
    assertThatThrownBy(() -> client.send(request, handler))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining(FAULT);
    HttpRig.assertAtRest(client);
    assertThat(client.send(request, BodyHandlers.ofString()).body()).isEqualTo("body");
  }

  @ParameterizedTest
  @EnumSource
  void aHandlerThrows(Setup setup) throws Exception {
    assertFails(
        setup,
        head -> {
          throw fault();
        });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*") // the JDK's may never end
  void aHandlerGivesNoSubscriber(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    Throwable why = HttpRig.failure(client.sendAsync(HttpRig.get(server.uri("/")), head -> null));
    assertThat(why).hasStackTraceContaining("NullPointerException");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void onSubscribeThrows(Setup setup) throws Exception {
    assertFails(
        setup,
        head ->
            new Plain() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                throw fault();
              }
            });
  }

  @ParameterizedTest
  @EnumSource
  void onNextThrows(Setup setup) throws Exception {
    assertFails(
        setup,
        head ->
            new Plain() {
              @Override
              public void onNext(List<ByteBuffer> item) {
                throw fault();
              }
            });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*") // the JDK never ends
  void onCompleteThrows(Setup setup) throws Exception {
    assertFails(
        setup,
        head ->
            new Plain() {
              @Override
              public void onComplete() {
                throw fault();
              }
            });
  }

  @ParameterizedTest
  @EnumSource
  void theBodyFails(Setup setup) throws Exception {
    assertFails(
        setup,
        head ->
            new Plain() {
              @Override
              public void onComplete() {
                body.completeExceptionally(fault());
              }
            });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*") // the JDK never ends
  void getBodyThrows(Setup setup) throws Exception {
    assertFails(
        setup,
        head ->
            new Plain() {
              @Override
              public CompletionStage<String> getBody() {
                throw fault();
              }
            });
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*") // the JDK never ends
  void thereIsNoBodyStage(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    BodyHandler<String> handler =
        head ->
            new Plain() {
              @Override
              public CompletionStage<String> getBody() {
                return null;
              }
            };
    Throwable why = HttpRig.failure(client.sendAsync(HttpRig.get(server.uri("/")), handler));
    assertThat(why).isInstanceOf(NullPointerException.class);
    HttpRig.assertAtRest(client);
  }

  /** The connection is free; whoever waits for such a body cancels. */
  @ParameterizedTest
  @EnumSource
  void theBodyNeverCompletes(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    CompletableFuture<Void> complete = new CompletableFuture<>();
    BodyHandler<String> handler =
        head ->
            new Plain() {
              @Override
              public void onComplete() {
                complete.complete(null);
              }
            };
    var future = client.sendAsync(HttpRig.get(server.uri("/")), handler);
    HttpRig.await(complete);
    HttpRig.assertAtRest(client);
    assertThat(future).isNotDone();
    assertThat(future.cancel(true)).isTrue();
    if (client instanceof PooledHttpClient ours) {
      ours.shutdown();
      assertThat(ours.awaitTermination(java.time.Duration.ofSeconds(Setup.PATIENCE_SECONDS)))
          .isTrue();
    }
  }

  /** As {@code ofInputStream} does, but by another thread. */
  @ParameterizedTest
  @EnumSource
  void theBodyIsThereBeforeItsContent(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> waiting = new CompletableFuture<>();
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              waiting.complete(request);
            });
    HttpClient client = rig.client(setup);
    BodyHandler<String> handler =
        head -> {
          Plain subscriber = new Plain();
          new Thread(() -> subscriber.body.complete("early")).start();
          return subscriber;
        };
    var sent =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return client.send(HttpRig.get(server.uri("/")), handler);
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(HttpRig.await(sent).body()).isEqualTo("early");
    HttpRig.await(waiting).end();
    HttpRig.assertAtRest(client);
  }

  /** Of a body that is cut off, what there is can be what a subscriber is content with. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*") // the JDK fails it
  void aSubscriberMayMakeABodyOfAnError(Setup setup) throws Exception {
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              request.chunk(new byte[] {'a'}).addListener(done -> request.channel().close());
            });
    HttpClient client = rig.client(setup);
    AtomicInteger errors = new AtomicInteger();
    BodyHandler<String> handler =
        head ->
            new Plain() {
              @Override
              public void onError(Throwable why) {
                errors.incrementAndGet();
                body.complete("so far");
              }
            };
    var response = HttpRig.await(client.sendAsync(HttpRig.get(server.uri("/")), handler));
    assertThat(response.body()).isEqualTo("so far");
    assertThat(errors).hasValue(1);
    HttpRig.assertAtRest(client);
  }

  /** The reader of a stream is not left alone, whatever becomes of the user's executor. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void onErrorThrows(Setup setup) throws Exception {
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              request.chunk(new byte[] {'a'}).addListener(done -> request.channel().close());
            });
    HttpClient client = rig.client(setup);
    BodyHandler<String> handler =
        head ->
            new Plain() {
              @Override
              public void onError(Throwable why) {
                throw fault();
              }
            };
    Throwable why = HttpRig.failure(client.sendAsync(HttpRig.get(server.uri("/")), handler));
    assertThat(why).isNotNull();
    HttpRig.assertAtRest(client);
  }
}
