package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.mizosoft.methanol.Methanol;
import com.github.mizosoft.methanol.MutableRequest;
import com.github.mizosoft.methanol.ProgressTracker;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Methanol with the pool's client as back end. Runs in a private network: see {@link
 * JavaHttpClientsIT}.
 */
class MethanolScenarios extends DropInContract {
  @Override
  Framework framework(HttpClient client, Duration timeout) {
    AtomicLong seen = new AtomicLong();
    return new Methanols(
        JavaHttpClientRecipes.methanol(client)
            .requestTimeout(timeout)
            .interceptor(counting(seen))
            .build(),
        seen);
  }

  private static Methanol.Interceptor counting(AtomicLong seen) {
    return Methanol.Interceptor.create(
        request -> {
          seen.incrementAndGet();
          return request;
        });
  }

  /** Its answers are compressed: it asks for that, and decompresses them. */
  private record Methanols(Methanol client, AtomicLong seen) implements Framework {
    @Override
    public String get(String uri) throws Exception {
      return text(client.send(MutableRequest.GET(uri), BodyHandlers.ofString()));
    }

    private static String text(HttpResponse<String> response) {
      // Methanol takes these away where it has decompressed.
      assertThat(response.headers().map()).doesNotContainKey("content-encoding");
      return response.body();
    }

    @Override
    public String post(String uri, String text) throws Exception {
      return text(
          client.send(
              MutableRequest.POST(uri, BodyPublishers.ofString(text)), BodyHandlers.ofString()));
    }

    @Override
    public InputStream download(String uri) throws Exception {
      return client.send(MutableRequest.GET(uri), BodyHandlers.ofInputStream()).body();
    }

    @Override
    public CompletableFuture<String> getLater(String uri, Executor threads) {
      return client
          .sendAsync(MutableRequest.GET(uri), BodyHandlers.ofString())
          .thenApply(Methanols::text);
    }

    @Override
    public long measured() {
      return seen.get();
    }
  }

  @Test
  void answersAreCompressedOnTheWay() throws Exception {
    Methanol methanol = JavaHttpClientRecipes.methanol(client()).autoAcceptEncoding(false).build();
    MutableRequest request = MutableRequest.GET(site.uri(Site.KEPT));
    HttpResponse<byte[]> raw =
        methanol.send(request.header("Accept-Encoding", "gzip"), BodyHandlers.ofByteArray());
    assertThat(raw.headers().firstValue("Content-Encoding")).contains("gzip");
  }

  @Test
  void progressIsTold() throws Exception {
    Methanol methanol = JavaHttpClientRecipes.methanol(client()).autoAcceptEncoding(false).build();
    AtomicLong uploaded = new AtomicLong();
    AtomicLong downloaded = new AtomicLong();
    ProgressTracker tracker = ProgressTracker.create();
    String text = "good day ".repeat(50_000);
    HttpResponse<String> answer =
        methanol.send(
            MutableRequest.POST(
                site.uri(Site.ECHO),
                tracker.tracking(
                    BodyPublishers.ofString(text),
                    progress -> uploaded.set(progress.totalBytesTransferred()))),
            tracker.tracking(
                BodyHandlers.ofString(),
                progress -> downloaded.set(progress.totalBytesTransferred())));
    assertThat(answer.body()).isEqualTo(text);
    assertThat(uploaded).hasValue(text.length());
    assertThat(downloaded).hasValue(text.length());
  }

  @Override
  Class<? extends Throwable> timeout() {
    return HttpTimeoutException.class;
  }

  @Override
  Class<? extends Throwable> refusal() {
    return IOException.class;
  }
}
