package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.netty.Transport;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client on each transport; all other tests run it on the one that is chosen by default. */
@SuppressWarnings("FutureReturnValueIgnored") // of writes: the client tells
class TransportsTest {
  private static final int LARGE = 1 << 20;

  @AutoClose private final HttpRig rig = new HttpRig();

  @ParameterizedTest
  @CsvSource({
    "NIO, OURS_HTTP1", "NIO, OURS_TLS_HTTP1", "NIO, OURS_TLS_HTTP2",
    "EPOLL, OURS_HTTP1", "EPOLL, OURS_TLS_HTTP1", "EPOLL, OURS_TLS_HTTP2",
    "IO_URING, OURS_HTTP1", "IO_URING, OURS_TLS_HTTP1", "IO_URING, OURS_TLS_HTTP2"
  })
  void bodiesGoBothWaysAndConnectionsAreReused(Transport transport, Setup setup) throws Exception {
    assumeTrue(isAvailable(transport), transport + " is not available");
    WebServer server =
        rig.server(
            setup,
            request -> {
              if (request.path().equals("/close")) {
                request.reply(200, request.body(), "connection", "close");
              } else {
                request.reply(200, request.body());
              }
            });
    PooledHttpClient client =
        rig.client(
            builder ->
                builder
                    .version(setup.version())
                    .connector(connector -> connector.transport(transport)));
    byte[] large = new byte[LARGE];
    for (String path : List.of("/", "/close", "/")) {
      HttpRequest post =
          HttpRequest.newBuilder(server.uri(path)).POST(BodyPublishers.ofByteArray(large)).build();
      HttpResponse<byte[]> response = client.send(post, BodyHandlers.ofByteArray());
      assertThat(response.body()).hasSize(LARGE);
      assertThat(response.version()).isEqualTo(setup.version());
    }
    List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      HttpRequest post =
          HttpRequest.newBuilder(server.uri("/"))
              .POST(BodyPublishers.ofString(String.valueOf(i)))
              .build();
      all.add(client.sendAsync(post, BodyHandlers.ofString(StandardCharsets.US_ASCII)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(HttpRig.await(all.get(i)).body()).isEqualTo(String.valueOf(i));
    }
    if (setup.version() == HttpClient.Version.HTTP_2) {
      assertThat(server.connections()).hasSizeLessThanOrEqualTo(2);
    }
    HttpRig.assertAtRest(client);
  }

  private static boolean isAvailable(Transport transport) {
    return switch (transport) {
      case NIO -> true;
      case EPOLL -> Epoll.isAvailable();
      case IO_URING -> IoUring.isAvailable();
      case KQUEUE -> false;
    };
  }
}
