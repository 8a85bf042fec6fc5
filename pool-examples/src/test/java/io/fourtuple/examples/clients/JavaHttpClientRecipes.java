package io.fourtuple.examples.clients;

import com.github.mizosoft.methanol.Methanol;
import feign.Feign;
import feign.http2client.Http2Client;
import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.netty.http.PooledHttpClientBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.java11.instrument.binder.jdk.MicrometerHttpClient;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.instrumentation.javahttpclient.JavaHttpClientTelemetry;
import java.net.http.HttpClient;
import java.time.Duration;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** Where frameworks take a client of {@code java.net.http}, and so the pool's. */
final class JavaHttpClientRecipes {
  private JavaHttpClientRecipes() {}

  static HttpClient client() {
    HostPorts ports = HostPorts.builder().sources("10.0.0.5", "10.0.0.6").build();
    return PooledHttpClient.newBuilder().ports(ports).build(); // was HttpClient.newHttpClient()
  }

  static RestClient restClient(HttpClient client, Duration timeout) {
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(client);
    requests.setReadTimeout(timeout);
    return RestClient.builder().requestFactory(requests).build();
  }

  static PooledHttpClientBuilder forFeign(PooledHttpClientBuilder client) {
    return client
        .connectTimeout(Duration.ofSeconds(10)) // what Feign's Options say, to the millisecond
        .followRedirects(HttpClient.Redirect.ALWAYS); // likewise; NEVER where they do not follow
  }

  static Feign.Builder feign(Feign.Builder feign, HttpClient client) {
    return feign.client(new Http2Client(client));
  }

  static Methanol.WithClientBuilder methanol(HttpClient client) {
    return Methanol.newBuilder(client);
  }

  static HttpClient micrometer(HttpClient client, MeterRegistry registry) {
    return MicrometerHttpClient.instrumentationBuilder(client, registry).build();
  }

  static HttpClient openTelemetry(HttpClient client, OpenTelemetry telemetry) {
    return JavaHttpClientTelemetry.builder(telemetry).build().newHttpClient(client);
  }
}
