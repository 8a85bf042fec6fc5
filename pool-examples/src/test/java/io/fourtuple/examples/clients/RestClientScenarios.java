package io.fourtuple.examples.clients;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Objects;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Spring's {@code RestClient}. Runs in a private network: see {@link JavaHttpClientsIT}. */
class RestClientScenarios extends DropInContract {
  @Override
  Framework framework(HttpClient client, Duration timeout) {
    RestClient rest = JavaHttpClientRecipes.restClient(client, timeout);
    return new Framework() {
      @Override
      public String get(String uri) {
        return rest.get().uri(uri).retrieve().body(String.class);
      }

      @Override
      public String post(String uri, String text) {
        return rest.post().uri(uri).body(text).retrieve().body(String.class);
      }

      @Override
      public InputStream download(String uri) {
        return Objects.requireNonNull(
            rest.get().uri(uri).exchange((request, response) -> response.getBody(), false));
      }
    };
  }

  @Override
  Class<? extends Throwable> timeout() {
    return ResourceAccessException.class;
  }

  @Override
  Class<? extends Throwable> refusal() {
    return ResourceAccessException.class;
  }
}
