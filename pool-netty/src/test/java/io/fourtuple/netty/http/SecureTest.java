package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS as it was asked for, and what a response says of itself. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class SecureTest {
  @AutoClose private final HttpRig rig = new HttpRig();

  private HttpClient client(Setup setup, SSLContext context, SSLParameters parameters) {
    HttpClient.Builder builder =
        setup.isOurs() ? PooledHttpClient.newBuilder() : HttpClient.newBuilder();
    return rig.keepClient(
        builder.version(setup.version()).sslContext(context).sslParameters(parameters).build());
  }

  @ParameterizedTest
  @CsvSource({
    "JDK_TLS_HTTP1, TLSv1.2", "JDK_TLS_HTTP1, TLSv1.3", "OURS_TLS_HTTP1, TLSv1.2",
    "OURS_TLS_HTTP1, TLSv1.3", "OURS_TLS_HTTP2, TLSv1.2", "OURS_TLS_HTTP2, TLSv1.3"
  })
  void onlyTheProtocolsOfTheParameters(Setup setup, String protocol) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    SSLParameters parameters = new SSLParameters();
    parameters.setProtocols(new String[] {protocol});
    HttpClient client = client(setup, TestTls.client(), parameters);
    HttpResponse<String> response =
        client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    assertThat(response.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
    assertThat(response.version()).isEqualTo(setup.version());
    HttpRig.assertAtRest(client);
  }

  private void assertNoHandshake(Setup setup, SSLContext server, SSLContext trusting)
      throws Exception {
    ScriptedServer listener = rig.keep(ScriptedServer.tls(server));
    Thread handshakes = new Thread(() -> shakeHands(listener));
    handshakes.setDaemon(true);
    handshakes.start();
    HttpClient client = client(setup, trusting, new SSLParameters());
    HttpRequest request = HttpRig.get(listener.uri("/"));
    Throwable why = HttpRig.failure(client.sendAsync(request, BodyHandlers.ofString()));
    assertThat(why).isInstanceOf(SSLHandshakeException.class);
    assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
        .isInstanceOf(SSLHandshakeException.class);
    HttpRig.assertAtRest(client);
  }

  /** For two connections. */
  private static void shakeHands(ScriptedServer listener) {
    for (int i = 0; i < 2; i++) {
      try {
        listener.next().readHead();
      } catch (IOException refused) {
        // as it should be
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_TLS_HTTP1", "OURS_TLS_HTTP1", "OURS_TLS_HTTP2"})
  void aCertificateOfAnotherName(Setup setup) throws Exception {
    X509Bundle other = TestTls.bundle("elsewhere.example");
    assertNoHandshake(setup, TestTls.server(other), TestTls.client(other));
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_TLS_HTTP1", "OURS_TLS_HTTP1", "OURS_TLS_HTTP2"})
  void aCertificateThatNobodyTrusts(Setup setup) throws Exception {
    assertNoHandshake(setup, TestTls.server(TestTls.bundle("localhost")), TestTls.client());
  }

  @ParameterizedTest
  @EnumSource
  void aResponseSaysWhereItComesFrom(Setup setup) throws Exception {
    WebServer server =
        rig.server(setup, request -> request.reply(404, new byte[0], "x-one", "1", "X-One", "2"));
    HttpClient client = rig.client(setup);
    URI uri = server.uri("/path?query");
    HttpRequest request = HttpRequest.newBuilder(uri).header("x-mine", "value").build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.uri()).isEqualTo(uri);
    assertThat(response.version()).isEqualTo(setup.version());
    assertThat(response.previousResponse()).isEmpty();
    assertThat(response.headers().allValues("X-ONE")).containsExactly("1", "2");
    if (setup.isOurs()) { // the JDK shows :status
      assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith(":"));
    }
    assertThat(response.request().uri()).isEqualTo(uri);
    assertThat(response.request().method()).isEqualTo("GET");
    assertThat(response.request().headers().firstValue("x-mine")).contains("value");
    assertThat(response.sslSession().isPresent()).isEqualTo(setup.isTls());
    assertThat(response).hasToString("(GET " + uri + ") 404");
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_TLS_HTTP2", "OURS_TLS_HTTP2"})
  void aServerMayKnowNoHttp2(Setup setup) throws Exception {
    Setup older = setup.isOurs() ? Setup.OURS_TLS_HTTP1 : Setup.JDK_TLS_HTTP1;
    WebServer server = rig.server(older, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    HttpResponse<String> response =
        client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofString());
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(response.body()).isEqualTo("body");
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource(names = {"JDK_TLS_HTTP2", "OURS_TLS_HTTP2"})
  void aRequestMayAskForAnotherVersion(Setup setup) throws Exception {
    WebServer server = rig.server(setup, request -> request.reply("body"));
    HttpClient client = rig.client(setup);
    HttpRequest older =
        HttpRequest.newBuilder(server.uri("/")).version(HttpClient.Version.HTTP_1_1).build();
    assertThat(client.send(older, BodyHandlers.ofString()).version())
        .isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofString()).version())
        .isEqualTo(HttpClient.Version.HTTP_2);
  }
}
