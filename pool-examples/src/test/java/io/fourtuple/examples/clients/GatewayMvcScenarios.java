package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.netty.http.PooledHttpClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;

/** A gateway in front of the site; its callers use the JDK's client. */
class GatewayMvcScenarios extends DropInContract {
  private static final String PREFIX = "spring.cloud.gateway.server.webmvc.";

  /** To each address of the gateway its callers have as many ports as a source. */
  private static final int ADDRESSES = 8;

  private static final AtomicInteger NEXT_PORT = new AtomicInteger(9_100);

  @SpringBootConfiguration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(GatewayMvcPool.class)
  static class Gateway {}

  /** The gateway has answered with that, and is meant to. */
  private static final class StatusException extends IOException {
    private static final long serialVersionUID = 1L;

    StatusException(HttpResponse<?> answer) {
      super(answer.statusCode() + " " + answer.headers().map());
    }
  }

  @Override
  PooledHttpClientBuilder settings(PooledHttpClientBuilder client) {
    return client; // redirects are its callers'
  }

  @Override
  Framework framework(HttpClient client, Duration timeout) {
    int port = NEXT_PORT.incrementAndGet();
    ApplicationContextInitializer<GenericApplicationContext> beans =
        context -> {
          context.registerBean(PooledHttpClient.class, () -> (PooledHttpClient) client);
          context.registerBean(
              RestClientCustomizer.class,
              () -> {
                JdkClientHttpRequestFactory factory =
                    (JdkClientHttpRequestFactory) context.getBean(ClientHttpRequestFactory.class);
                factory.setReadTimeout(timeout);
                return rest -> {};
              });
        };
    ConfigurableApplicationContext gateway =
        new SpringApplicationBuilder(Gateway.class)
            .web(WebApplicationType.SERVLET)
            .initializers(beans)
            .properties(properties(port))
            .run();
    return new Callers(gateway, port, jdk(), new AtomicInteger());
  }

  private static HttpClient jdk() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NORMAL)
        .build();
  }

  private Map<String, Object> properties(int port) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("server.port", port);
    properties.put("server.shutdown", "immediate");
    properties.put("server.tomcat.accept-count", 1_024);
    properties.put("spring.main.banner-mode", "off");
    properties.put("spring.cloud.gateway.server.webflux.enabled", false);
    properties.put(PREFIX + "routes[0].id", "site");
    properties.put(PREFIX + "routes[0].uri", site.uri(""));
    properties.put(PREFIX + "routes[0].predicates[0]", "Path=" + String.join(",", Site.PAGES));
    return properties;
  }

  private record Callers(
      ConfigurableApplicationContext gateway, int port, HttpClient jdk, AtomicInteger turn)
      implements Framework {
    private HttpRequest.Builder request(String uri) {
      int address = 1 + Math.floorMod(turn.getAndIncrement(), ADDRESSES);
      String path = URI.create(uri).getPath();
      return HttpRequest.newBuilder(URI.create("http://127.0.1." + address + ":" + port + path));
    }

    private <T> T send(HttpRequest.Builder request, BodyHandler<T> handler) throws Exception {
      HttpResponse<T> answer = jdk.send(request.build(), handler);
      if (answer.statusCode() != 200) {
        throw new StatusException(answer);
      }
      return answer.body();
    }

    @Override
    public String get(String uri) throws Exception {
      return send(request(uri), BodyHandlers.ofString());
    }

    @Override
    public String post(String uri, String text) throws Exception {
      return send(request(uri).POST(BodyPublishers.ofString(text)), BodyHandlers.ofString());
    }

    @Override
    public InputStream download(String uri) throws Exception {
      return send(request(uri), BodyHandlers.ofInputStream());
    }

    @Override
    public void close() {
      gateway.close();
    }
  }

  @Override
  Class<? extends Throwable> timeout() {
    return StatusException.class;
  }

  @Override
  void assertTimedOut(Throwable thrown) {
    assertStatus(thrown, 500); // as with the JDK's client
  }

  @Override
  Class<? extends Throwable> refusal() {
    return StatusException.class;
  }

  @Override
  void assertRefused(Throwable thrown) {
    assertStatus(thrown, 503);
  }

  private static void assertStatus(Throwable thrown, int status) {
    assertThat(causes(thrown))
        .hasAtLeastOneElementOfType(StatusException.class)
        .anySatisfy(cause -> assertThat(cause).hasMessageStartingWith(status + " "));
  }
}
