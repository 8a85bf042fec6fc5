package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Through tinyproxy to nginx. Runs in a private network: see {@link RealServersIT}. */
class ProxyScenarios {
  private static final int OPEN = 8100;
  private static final int GUARDED = 8101;

  private final HttpRig rig = new HttpRig();

  @TempDir Path directory;

  @BeforeEach
  void start() throws Exception {
    Files.writeString(directory.resolve("key.pem"), TestTls.localhost().getPrivateKeyPEM());
    Files.writeString(directory.resolve("cert.pem"), TestTls.localhost().getCertificatePathPEM());
    Path config = directory.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        user root; daemon off; master_process off; pid nginx.pid; error_log stderr;
        events { worker_connections 512; }
        http {
          access_log off;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          server { listen 127.0.0.1:8110; return 200 "plain $http_via"; }
          server {
            listen 127.0.0.1:8111 ssl http2; ssl_certificate cert.pem; ssl_certificate_key key.pem;
            return 200 "secure $server_protocol";
          }
        }
        """);
    rig.keep(
        Program.start(
            directory,
            List.of(8110, 8111),
            "nginx",
            "-p",
            directory.toString(),
            "-c",
            config.toString()));
    startProxy(OPEN, "");
    startProxy(GUARDED, "BasicAuth somebody secret\n");
  }

  private void startProxy(int port, String more) throws IOException {
    Path own = Files.createDirectory(directory.resolve("proxy-" + port));
    Path config = own.resolve("tinyproxy.conf");
    Files.writeString(
        config,
        "Port "
            + port
            + "\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nConnectPort 8111\n"
            + more);
    rig.keep(Program.start(own, List.of(port), "tinyproxy", "-d", "-c", config.toString()));
  }

  private static ProxySelector proxy(int port) {
    return ProxySelector.of(InetSocketAddress.createUnresolved("127.0.0.1", port));
  }

  private static HttpResponse<String> get(HttpClient client, String uri) throws Exception {
    return client.send(HttpRig.get(URI.create(uri)), BodyHandlers.ofString());
  }

  private static Authenticator password(String word) {
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        assertThat(getRequestorType()).isEqualTo(RequestorType.PROXY);
        return new PasswordAuthentication("somebody", word.toCharArray());
      }
    };
  }

  @Test
  void plainRequestsAreForwarded() throws Exception {
    PooledHttpClient client = rig.client(builder -> builder.proxy(proxy(OPEN)));
    assertThat(get(client, "http://localhost:8110/").body()).startsWith("plain 1.1 ");
    assertThat(client.pool().snapshot().destinations().get(0).destination().name())
        .isEqualTo("127.0.0.1");
    HttpRig.assertAtRest(client);
  }

  @Test
  void othersGoThroughATunnel() throws Exception {
    PooledHttpClient http1 = rig.client(builder -> builder.proxy(proxy(OPEN)));
    for (int i = 0; i < 3; i++) {
      assertThat(get(http1, "https://localhost:8111/").body()).isEqualTo("secure HTTP/1.1");
    }
    assertThat(http1.pool().snapshot().counters().opened()).isEqualTo(1);
    PooledHttpClient http2 =
        rig.client(builder -> builder.proxy(proxy(OPEN)).version(HttpClient.Version.HTTP_2));
    assertThat(get(http2, "https://localhost:8111/").body()).isEqualTo("secure HTTP/2.0");
    HttpRig.assertAtRest(http2);
  }

  @Test
  void aTunnelThatIsForbiddenFails() throws Exception {
    PooledHttpClient client = rig.client(builder -> builder.proxy(proxy(OPEN)));
    assertThatThrownBy(() -> get(client, "https://localhost:8110/"))
        .isInstanceOf(IOException.class)
        .hasMessage("the proxy opens no tunnel to localhost:8110: status 403");
    HttpRig.assertAtRest(client);
  }

  @Test
  void theProxyIsToldWhoWeAre() throws Exception {
    PooledHttpClient client =
        rig.client(builder -> builder.proxy(proxy(GUARDED)).authenticator(password("secret")));
    for (int i = 0; i < 2; i++) {
      assertThat(get(client, "https://localhost:8111/").body()).isEqualTo("secure HTTP/1.1");
      assertThat(get(client, "http://localhost:8110/").body()).startsWith("plain");
    }
    HttpRig.assertAtRest(client);
  }

  @Test
  void withoutAnAuthenticatorTheQuestionIsTheAnswer() throws Exception {
    PooledHttpClient client = rig.client(builder -> builder.proxy(proxy(GUARDED)));
    assertThat(get(client, "https://localhost:8111/").statusCode()).isEqualTo(407);
    assertThat(get(client, "http://localhost:8110/").statusCode()).isEqualTo(407);
    HttpRig.assertAtRest(client);
  }

  @Test
  void theWrongWordIsNotSaidForEver() throws Exception {
    PooledHttpClient client =
        rig.client(builder -> builder.proxy(proxy(GUARDED)).authenticator(password("wrong")));
    assertThatThrownBy(() -> get(client, "https://localhost:8111/"))
        .isInstanceOf(IOException.class)
        .hasMessage("the proxy opens no tunnel to localhost:8111: status 401"); // tinyproxy's word
    HttpRig.assertAtRest(client);
  }
}
