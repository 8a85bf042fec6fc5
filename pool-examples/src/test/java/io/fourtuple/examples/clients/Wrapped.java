package io.fourtuple.examples.clients;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * A client of {@code java.net.http} around another, which counts.
 *
 * @param timeout of each request
 * @param count how many it has seen
 */
record Wrapped(HttpClient client, Duration timeout, LongSupplier count) implements Framework {
  private HttpRequest.Builder request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri)).timeout(timeout);
  }

  @Override
  public String get(String uri) throws Exception {
    return client.send(request(uri).build(), BodyHandlers.ofString()).body();
  }

  @Override
  public String post(String uri, String text) throws Exception {
    HttpRequest request = request(uri).POST(BodyPublishers.ofString(text)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  @Override
  public InputStream download(String uri) throws Exception {
    return client.send(request(uri).build(), BodyHandlers.ofInputStream()).body();
  }

  @Override
  public CompletableFuture<String> getLater(String uri, Executor threads) {
    return client
        .sendAsync(request(uri).build(), BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  @Override
  public long measured() {
    return count.getAsLong();
  }
}
