package io.fourtuple.examples.quickstart;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.port.PortsExhaustedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** README.md, "You use java.net.http". */
final class HttpClientUser {
  private HttpClientUser() {}

  static HttpClient client(HostPorts ports) {
    HttpClient client =
        PooledHttpClient.newBuilder()
            .ports(ports) // the one line that changes
            .build();

    return client;
  }

  static String get(HttpClient client, URI uri) throws IOException, InterruptedException {
    try {
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    } catch (PortsExhaustedException e) { // an IOException, as all others
      return "503, retry after " + e.retryAfter();
    }
  }
}
