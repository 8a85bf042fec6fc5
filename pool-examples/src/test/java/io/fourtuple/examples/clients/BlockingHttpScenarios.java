package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fourtuple.netty.TestKey;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in a private network: see {@link BlockingClientsIT}. */
class BlockingHttpScenarios {
  private static final int PORT = 8_080;

  @TempDir Path directory;

  @Test
  void okHttp() throws Exception {
    try (Site site = new Site(PORT);
        OneSource source = OneSource.owned()) {
      OkHttpClient client =
          BlockingRecipes.okHttp(new OkHttpClient.Builder(), source.sockets)
              .connectTimeout(Duration.ofSeconds(50))
              .build();
      Request request = new Request.Builder().url(site.uri(Site.LAST)).build();
      source.serves(
          () -> {
            try (Response response = client.newCall(request).execute()) {
              assertThat(response.body().string()).isEqualTo(Site.HELLO);
            }
          });
      assertThat(site.accepted()).isGreaterThanOrEqualTo(OneSource.SEQUENTIAL);
      client.dispatcher().executorService().shutdown();
    }
  }

  @Test
  void apacheHttpClient() throws Exception {
    try (Site site = new Site(PORT);
        OneSource source = OneSource.owned();
        CloseableHttpClient client =
            HttpClients.custom()
                .setConnectionManager(
                    new BlockingRecipes.BudgetedConnections(source.sockets)
                        .setMaxConnTotal(2 * OneSource.CALLERS)
                        .setMaxConnPerRoute(2 * OneSource.CALLERS)
                        .build())
                .build()) {
      source.serves(
          () -> {
            String answer =
                client.execute(
                    new HttpGet(site.uri(Site.LAST)),
                    response -> EntityUtils.toString(response.getEntity()));
            assertThat(answer).isEqualTo(Site.HELLO);
          });
      assertThat(site.accepted()).isGreaterThanOrEqualTo(OneSource.SEQUENTIAL);
    }
  }

  @Test
  void httpsUrlConnection() throws Exception {
    TestKey key = TestKey.make(directory, "localhost");
    ExecutorService threads = Executors.newCachedThreadPool();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), PORT), 1_024);
    server.setExecutor(threads);
    server.setHttpsConfigurator(new HttpsConfigurator(key.server()));
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Connection", "close");
          exchange.sendResponseHeaders(200, Site.HELLO.length());
          exchange.getResponseBody().write(Site.HELLO.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    SSLContext trusting = trusting(key);
    URI uri = URI.create("https://localhost:" + PORT);
    try (OneSource source = OneSource.owned()) {
      source.serves(
          () -> {
            HttpsURLConnection connection = BlockingRecipes.https(uri, source.sockets, trusting);
            try (InputStream body = connection.getInputStream()) {
              assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                  .isEqualTo(Site.HELLO);
            }
          });
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private static SSLContext trusting(TestKey key) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    store.setCertificateEntry("server", key.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
