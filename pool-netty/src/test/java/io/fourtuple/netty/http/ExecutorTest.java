package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the user's code runs. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class ExecutorTest {
  private static final String USERS = "users-thread";

  @AutoClose private final HttpRig rig = new HttpRig();
  private final ExecutorService executor =
      Executors.newCachedThreadPool(task -> new Thread(task, USERS));

  @AfterEach
  void end() {
    executor.shutdownNow();
  }

  private static String here() {
    return Thread.currentThread().getName();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_ANY,
      names = "OURS.*") // the JDK asks iterators elsewhere
  void allOfTheUsersCodeRunsOnTheGivenExecutor(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply(200, new byte[100_000]));
    HttpClient client = rig.keepClient(setup.newClient(executor));
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/"))
            .POST(
                BodyPublishers.fromPublisher(
                    subscriber -> {
                      threads.add(here());
                      BodyPublishers.ofByteArrays(
                              () -> {
                                threads.add(here());
                                return List.of(new byte[10], new byte[10]).iterator();
                              })
                          .subscribe(subscriber);
                    }))
            .build();
    TestSubscriber subscriber =
        new TestSubscriber(Long.MAX_VALUE) {
          @Override
          public void onSubscribe(java.util.concurrent.Flow.Subscription given) {
            threads.add(here());
            super.onSubscribe(given);
          }

          @Override
          public void onNext(List<ByteBuffer> item) {
            threads.add(here());
            super.onNext(item);
          }

          @Override
          public void onComplete() {
            threads.add(here());
            super.onComplete();
          }
        };
    for (int i = 0; i < 2; i++) {
      TestSubscriber own = i == 0 ? subscriber : new TestSubscriber(Long.MAX_VALUE);
      var future =
          client.sendAsync(
              request,
              head -> {
                threads.add(here());
                return BodySubscribers.fromSubscriber(own);
              });
      HttpRig.await(future.thenRunAsync(() -> threads.add(here())));
    }
    assertThat(threads).isNotEmpty().containsOnly(USERS);
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void withoutOneSendRunsItOnItsOwnThread(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    Queue<String> threads = new ConcurrentLinkedQueue<>();
    client.send(
        HttpRig.get(server.uri("/")),
        head -> {
          threads.add(here());
          return BodySubscribers.ofString(java.nio.charset.StandardCharsets.UTF_8);
        });
    assertThat(threads).containsExactly(here());
  }

  /** Tasks that a rejecting executor does not take still end what depends on them. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void anExecutorThatRejectsIsTheFailure(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client =
        rig.keepClient(
            setup.newClient(
                task -> {
                  throw new RejectedExecutionException("no more");
                }));
    Throwable why =
        HttpRig.failure(client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofString()));
    assertThat(why).isInstanceOf(RejectedExecutionException.class).hasMessage("no more");
    assertThatThrownBy(() -> client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofString()))
        .isInstanceOf(IOException.class)
        .hasRootCauseMessage("no more");
    HttpRig.assertAtRest(client);
  }

  /** A reader who waits for the rest of a body hears of it. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void anExecutorThatBeginsToRejectFailsTheBody(Setup setup) throws Exception {
    CompletableFuture<WebServer.Incoming> arrived = new CompletableFuture<>();
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              request.chunk(new byte[] {'x'});
              arrived.complete(request);
            });
    AtomicBoolean rejects = new AtomicBoolean();
    AtomicInteger running = new AtomicInteger();
    HttpClient client =
        rig.keepClient(
            setup.newClient(
                task -> {
                  if (rejects.get()) {
                    throw new RejectedExecutionException("no more");
                  }
                  running.incrementAndGet();
                  executor.execute(
                      () -> {
                        task.run();
                        running.decrementAndGet();
                      });
                }));
    var response =
        HttpRig.await(client.sendAsync(HttpRig.get(server.uri("/")), BodyHandlers.ofInputStream()));
    try (InputStream body = response.body()) {
      assertThat(body.read()).isEqualTo('x');
      Setup.await(() -> "nothing runs", () -> running.get() == 0);
      rejects.set(true);
      CompletableFuture<Throwable> next =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return new AssertionError("read " + body.read());
                } catch (IOException e) {
                  return e;
                }
              });
      HttpRig.await(arrived).chunk(new byte[] {'y'});
      Throwable why = HttpRig.await(next);
      assertThat(why).isInstanceOf(IOException.class);
    }
    HttpRig.assertAtRest(client);
  }

  /** Two threads suffice for a mapper that blocks; that one may not is what the JDK says. */
  @ParameterizedTest
  @EnumSource
  void aMapperThatBlocksNeedsOneMoreThread(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply(200, new byte[1_000_000]));
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      HttpClient client = rig.keepClient(setup.newClient(two));
      var response =
          HttpRig.await(
              client.sendAsync(
                  HttpRig.get(server.uri("/")),
                  head ->
                      BodySubscribers.mapping(
                          BodySubscribers.ofInputStream(), ExecutorTest::lengthOf)));
      assertThat(response.body()).isEqualTo(1_000_000);
      HttpRig.assertAtRest(client);
    } finally {
      two.shutdownNow();
    }
  }

  private static int lengthOf(InputStream stream) {
    try (stream) {
      return stream.readAllBytes().length;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallbackMaySend(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply(request.path()));
    HttpClient client = rig.client(setup);
    var future =
        client
            .sendAsync(HttpRig.get(server.uri("/first")), BodyHandlers.ofString())
            .thenApply(
                response -> {
                  try {
                    return response.body()
                        + client
                            .send(HttpRig.get(server.uri("/second")), BodyHandlers.ofString())
                            .body();
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertThat(HttpRig.await(future)).isEqualTo("/first/second");
    HttpRig.assertAtRest(client);
  }

  @Test
  void aCallbackOnAnEventLoopMayNot() throws Exception {
    WebServer server = rig.server(Setup.OURS_HTTP1, request -> request.reply("body"));
    HttpClient client = rig.keepClient(Setup.OURS_HTTP1.newClient(Runnable::run));
    HttpRequest request = HttpRig.get(server.uri("/"));
    var future =
        client.sendAsync(
            request,
            head -> {
              try {
                client.send(request, BodyHandlers.discarding());
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return BodySubscribers.discarding();
            });
    assertThat(HttpRig.failure(future))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("event loop");
    HttpRig.assertAtRest(client);
  }
}
