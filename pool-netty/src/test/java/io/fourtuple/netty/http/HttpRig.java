package io.fourtuple.netty.http;

import io.fourtuple.pool.PoolSnapshot;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The clients and servers of one test, closed after it. */
@SuppressWarnings("try")
final class HttpRig implements AutoCloseable {
  private final Deque<AutoCloseable> all = new ArrayDeque<>();

  HttpClient client(Setup setup) {
    return keepClient(setup.newClient());
  }

  PooledHttpClient client(Consumer<PooledHttpClientBuilder> settings) {
    PooledHttpClientBuilder builder =
        PooledHttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(TestTls.client());
    settings.accept(builder);
    PooledHttpClient client = builder.build();
    keepClient(client);
    return client;
  }

  /** Ours, of HTTP/1.1. */
  PooledHttpClient client() {
    return client(builder -> {});
  }

  HttpClient keepClient(HttpClient client) {
    all.push(() -> Setup.close(client));
    return client;
  }

  <C extends AutoCloseable> C keep(C resource) {
    all.push(resource);
    return resource;
  }

  WebServer server(Setup setup, Consumer<WebServer.Incoming> responder) throws Exception {
    return keep(WebServer.start(setup, responder));
  }

  ScriptedServer scripted() throws Exception {
    return keep(ScriptedServer.plain());
  }

  ScriptedServer scripted(Setup setup) throws Exception {
    return keep(ScriptedServer.of(setup));
  }

  static HttpRequest get(URI uri) {
    return HttpRequest.newBuilder(uri).build();
  }

  /** A request works, on whatever connection, and leaves nothing behind. */
  static void assertWorks(PooledHttpClient client) throws Exception {
    try (ScriptedServer server = ScriptedServer.plain()) {
      CompletableFuture<String> body =
          client
              .sendAsync(get(server.uri("/works")), BodyHandlers.ofString())
              .thenApply(java.net.http.HttpResponse::body);
      ScriptedServer.Peer peer = server.next();
      peer.readHead();
      peer.respond("works");
      if (!await(body).equals("works")) {
        throw new AssertionError("another body");
      }
      assertAtRest(client);
    }
  }

  static void assertAtRest(HttpClient client) {
    if (client instanceof PooledHttpClient ours) {
      Setup.await(
          () -> "pool at rest, was " + ours.pool().snapshot(),
          () -> {
            PoolSnapshot now = ours.pool().snapshot();
            return now.leases() == 0 && now.waiting() == 0 && now.connecting() == 0;
          });
    }
  }

  static <T> T await(Future<T> future) throws InterruptedException, ExecutionException {
    try {
      return future.get(Setup.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not in time", e);
    }
  }

  /** Why it failed. */
  static Throwable failure(Future<?> future) throws InterruptedException {
    try {
      Object value = await(future);
      throw new AssertionError("completed with " + value);
    } catch (ExecutionException e) {
      return e.getCause();
    }
  }

  @Override
  public void close() throws Exception {
    while (!all.isEmpty()) {
      all.pop().close();
    }
  }
}
