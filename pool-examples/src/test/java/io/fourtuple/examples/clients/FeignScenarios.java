package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import feign.AsyncFeign;
import feign.Feign;
import feign.Request.Options;
import feign.RequestLine;
import feign.Response;
import feign.RetryableException;
import feign.Retryer;
import feign.Target.EmptyTarget;
import feign.http2client.Http2Client;
import io.fourtuple.netty.http.PooledHttpClientBuilder;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Feign with its client for {@code java.net.http}. Runs in a private network: see {@link
 * JavaHttpClientsIT}.
 */
class FeignScenarios extends DropInContract {
  /** Feign's own default. */
  private static final int CONNECT_MILLIS = new Options().connectTimeoutMillis();

  interface Api {
    @RequestLine("GET")
    String get(URI uri);

    @RequestLine("POST")
    String post(URI uri, String text);

    @RequestLine("GET")
    Response download(URI uri);
  }

  interface LaterApi {
    @RequestLine("GET")
    CompletableFuture<String> get(URI uri);
  }

  @Override
  PooledHttpClientBuilder settings(PooledHttpClientBuilder client) {
    return JavaHttpClientRecipes.forFeign(client);
  }

  @Override
  Framework framework(HttpClient client, Duration timeout) {
    return framework(client, timeout, CONNECT_MILLIS);
  }

  private static Framework framework(HttpClient client, Duration timeout, long connectMillis) {
    Options options =
        new Options(
            connectMillis, TimeUnit.MILLISECONDS, timeout.toMillis(), TimeUnit.MILLISECONDS, true);
    Api api =
        JavaHttpClientRecipes.feign(Feign.builder(), client)
            .options(options)
            .retryer(Retryer.NEVER_RETRY)
            .target(EmptyTarget.create(Api.class));
    LaterApi later =
        AsyncFeign.builder()
            .client(new Http2Client(client))
            .options(options)
            .retryer(Retryer.NEVER_RETRY)
            .target(EmptyTarget.create(LaterApi.class));
    return new Framework() {
      @Override
      public String get(String uri) {
        return api.get(URI.create(uri));
      }

      @Override
      public String post(String uri, String text) {
        return api.post(URI.create(uri), text);
      }

      @Override
      public InputStream download(String uri) throws Exception {
        return api.download(URI.create(uri)).body().asInputStream();
      }

      @Override
      public CompletableFuture<String> getLater(String uri, Executor threads) {
        return later.get(URI.create(uri));
      }
    };
  }

  @Test
  void otherOptionsMakeFeignTakeAnotherClient() throws Exception {
    try (Framework framework = framework(client(), TwoSources.PATIENCE, CONNECT_MILLIS + 1)) {
      assertThat(framework.get(site.uri(Site.KEPT))).isEqualTo(Site.HELLO);
    }
    assertThat(acquired()).isZero();
  }

  @Override
  Class<? extends Throwable> timeout() {
    return RetryableException.class;
  }

  @Override
  Class<? extends Throwable> refusal() {
    return RetryableException.class;
  }
}
