package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.PoolCounters;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** nginx, HAProxy and nghttpd. Runs in a private network: see {@link RealServersIT}. */
class ServerScenarios {
  private static final int BIG = 3_000_000;
  private static final int MANY = 400;

  private final HttpRig rig = new HttpRig();

  @TempDir Path directory;

  @BeforeEach
  void makeFiles() throws Exception {
    Path pages = Files.createDirectory(directory.resolve("pages"));
    Files.writeString(pages.resolve("small"), "small");
    Files.write(pages.resolve("big"), new byte[BIG]);
    Files.writeString(pages.resolve("text.html"), "text ".repeat(10_000));
    Files.writeString(directory.resolve("key.pem"), TestTls.localhost().getPrivateKeyPEM());
    Files.writeString(directory.resolve("cert.pem"), TestTls.localhost().getCertificatePathPEM());
    Files.writeString(
        directory.resolve("both.pem"),
        TestTls.localhost().getCertificatePathPEM() + TestTls.localhost().getPrivateKeyPEM());
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
  }

  private void startNginx() throws IOException {
    Path config = directory.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        user root; daemon off; master_process off; pid nginx.pid; error_log stderr;
        events { worker_connections 512; }
        http {
          access_log off; gzip on; gzip_min_length 100; keepalive_requests 100;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          ssl_certificate cert.pem; ssl_certificate_key key.pem;
          root pages;
          server {
            listen 127.0.0.1:8000;
            listen 127.0.0.1:8001 ssl http2;
            location /moved { return 302 /small; }
            location /posted { proxy_pass http://127.0.0.1:8002; }
          }
          server { listen 127.0.0.1:8003 ssl; ssl_protocols TLSv1.2; }
          server { listen 127.0.0.1:8004 ssl; ssl_protocols TLSv1.3; }
          server { listen 127.0.0.1:8002; return 200 "$request_method $content_length"; }
        }
        """);
    rig.keep(
        Program.start(
            directory,
            List.of(8000, 8001, 8002, 8003, 8004),
            "nginx",
            "-p",
            directory.toString(),
            "-c",
            config.toString()));
  }

  private static URI uri(String scheme, int port, String path) {
    return URI.create(scheme + "://localhost:" + port + path);
  }

  private static PoolCounters counters(PooledHttpClient client) {
    return client.pool().snapshot().counters();
  }

  /** All at once; returns how many connections that took. */
  private static long sendMany(PooledHttpClient client, URI uri, HttpClient.Version version)
      throws Exception {
    List<CompletableFuture<HttpResponse<String>>> all =
        IntStream.range(0, MANY)
            .mapToObj(i -> client.sendAsync(HttpRig.get(uri), BodyHandlers.ofString()))
            .toList();
    for (CompletableFuture<HttpResponse<String>> one : all) {
      HttpResponse<String> response = HttpRig.await(one);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("small");
      assertThat(response.version()).isEqualTo(version);
    }
    HttpRig.assertAtRest(client);
    return counters(client).opened();
  }

  @Test
  void nginxServesHttp1() throws Exception {
    startNginx();
    PooledHttpClient client = rig.client();
    HttpResponse<byte[]> big =
        client.send(HttpRig.get(uri("http", 8000, "/big")), BodyHandlers.ofByteArray());
    assertThat(big.body()).hasSize(BIG);
    assertThat(big.headers().firstValueAsLong("content-length")).hasValue(BIG);

    HttpRequest head =
        HttpRequest.newBuilder(uri("http", 8000, "/big"))
            .method("HEAD", BodyPublishers.noBody())
            .build();
    assertThat(client.send(head, BodyHandlers.ofString()).body()).isEmpty();

    HttpRequest unchanged =
        HttpRequest.newBuilder(uri("http", 8000, "/big"))
            .header("If-None-Match", big.headers().firstValue("etag").orElseThrow())
            .build();
    assertThat(client.send(unchanged, BodyHandlers.ofString()).statusCode()).isEqualTo(304);

    assertThat(
            client
                .send(HttpRig.get(uri("http", 8000, "/none")), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(404);
    assertThat(counters(client).opened()).isEqualTo(1);
  }

  @Test
  void nginxSendsChunks() throws Exception {
    startNginx();
    PooledHttpClient client = rig.client();
    HttpRequest compressed =
        HttpRequest.newBuilder(uri("http", 8000, "/text.html"))
            .header("Accept-Encoding", "gzip")
            .build();
    var response = client.send(compressed, BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("transfer-encoding")).hasValue("chunked");
    assertThat(new GZIPInputStream(response.body()).readAllBytes()).hasSize(50_000);
    HttpRig.assertAtRest(client);
  }

  @Test
  void nginxTakesBodiesAndRedirects() throws Exception {
    startNginx();
    PooledHttpClient client =
        rig.client(builder -> builder.followRedirects(HttpClient.Redirect.NORMAL));
    HttpRequest post =
        HttpRequest.newBuilder(uri("http", 8000, "/posted"))
            .POST(BodyPublishers.ofByteArray(new byte[200_000]))
            .build();
    assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo("POST 200000");
    HttpResponse<String> moved =
        client.send(HttpRig.get(uri("http", 8000, "/moved")), BodyHandlers.ofString());
    assertThat(moved.body()).isEqualTo("small");
    assertThat(moved.previousResponse().orElseThrow().statusCode()).isEqualTo(302);
  }

  @Test
  void connectionsEndWhereNginxSaysSo() throws Exception {
    startNginx();
    PooledHttpClient client = rig.client();
    for (int i = 0; i < 250; i++) { // it closes after 100 requests each
      assertThat(
              client.send(HttpRig.get(uri("http", 8000, "/small")), BodyHandlers.ofString()).body())
          .isEqualTo("small");
    }
    assertThat(counters(client).opened()).isEqualTo(3);
  }

  @Test
  void nginxSpeaksEachVersionOfTls() throws Exception {
    startNginx();
    PooledHttpClient client = rig.client();
    for (int port : List.of(8003, 8004)) {
      HttpResponse<byte[]> response =
          client.send(HttpRig.get(uri("https", port, "/big")), BodyHandlers.ofByteArray());
      assertThat(response.body()).hasSize(BIG);
      assertThat(response.sslSession().orElseThrow().getProtocol())
          .isEqualTo(port == 8003 ? "TLSv1.2" : "TLSv1.3");
    }
  }

  @Test
  void nginxServesManyStreams() throws Exception {
    startNginx();
    PooledHttpClient client = rig.client(builder -> builder.version(HttpClient.Version.HTTP_2));
    URI uri = uri("https", 8001, "/small");
    // One while its protocol is unknown; nginx allows 128 streams each, and 100 requests in all.
    assertThat(sendMany(client, uri, HttpClient.Version.HTTP_2)).isLessThanOrEqualTo(12);
    HttpResponse<byte[]> big =
        client.send(HttpRig.get(uri("https", 8001, "/big")), BodyHandlers.ofByteArray());
    assertThat(big.body()).hasSize(BIG);
    HttpRequest post =
        HttpRequest.newBuilder(uri("https", 8001, "/posted"))
            .POST(BodyPublishers.ofByteArray(new byte[200_000]))
            .build();
    assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo("POST 200000");
  }

  @Test
  void nghttpdServesFewStreamsPerConnection() throws Exception {
    rig.keep(
        Program.start(
            directory,
            List.of(8005),
            "nghttpd",
            "--address=127.0.0.1",
            "--htdocs=pages",
            "--max-concurrent-streams=50",
            "--trailer=checksum: none",
            "8005",
            "key.pem",
            "cert.pem"));
    PooledHttpClient client = rig.client(builder -> builder.version(HttpClient.Version.HTTP_2));
    assertThat(sendMany(client, uri("https", 8005, "/small"), HttpClient.Version.HTTP_2))
        .isBetween(2L, (long) MANY / 50);
  }

  @Test
  void haproxyServesBothVersions() throws Exception {
    Path config = directory.resolve("haproxy.cfg");
    Files.writeString(
        config,
        """
        defaults
          mode http
          timeout client 10s
          timeout server 10s
          timeout connect 10s
          timeout http-keep-alive 10s
        frontend plain
          bind 127.0.0.1:8006
          http-request return status 200 content-type text/plain string "small"
        frontend closing
          bind 127.0.0.1:8007
          option httpclose
          http-request return status 200 content-type text/plain string "small"
        frontend secure
          bind 127.0.0.1:8008 ssl crt both.pem alpn h2,http/1.1
          http-request return status 200 content-type text/plain string "small"
        """);
    rig.keep(
        Program.start(
            directory, List.of(8006, 8007, 8008), "haproxy", "-db", "-f", config.toString()));
    PooledHttpClient plain = rig.client();
    sendMany(plain, uri("http", 8006, "/"), HttpClient.Version.HTTP_1_1);
    PooledHttpClient closing = rig.client();
    assertThat(sendMany(closing, uri("http", 8007, "/"), HttpClient.Version.HTTP_1_1))
        .isEqualTo(MANY);
    PooledHttpClient http1 = rig.client();
    sendMany(http1, uri("https", 8008, "/"), HttpClient.Version.HTTP_1_1);
    PooledHttpClient http2 = rig.client(builder -> builder.version(HttpClient.Version.HTTP_2));
    assertThat(sendMany(http2, uri("https", 8008, "/"), HttpClient.Version.HTTP_2))
        .isLessThanOrEqualTo(MANY / 100 + 1);
  }
}
