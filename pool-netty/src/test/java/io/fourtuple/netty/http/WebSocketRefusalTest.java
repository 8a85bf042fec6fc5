package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.WebSocketRig.failure;
import static io.fourtuple.netty.http.WebSocketRig.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.netty.http.WebSocketRig.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class WebSocketRefusalTest {
  private static final Recorder DEAF = new Recorder(false);

  // ---- it does not open

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aRefusalIsGivenToTheUser(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 403 Forbidden\r\nX-Why: so\r\nContent-Length: 5\r\n\r\nnever");
            peer.isAtEnd();
          });
      Throwable why = failure(rig.client().newWebSocketBuilder().buildAsync(rig.uri(), DEAF));
      assertThat(why).isInstanceOf(WebSocketHandshakeException.class);
      var response = ((WebSocketHandshakeException) why).getResponse();
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.headers().firstValue("x-why")).hasValue("so");
      assertThat(response.body()).isEqualTo("never");
    }
  }

  @Test
  void aRefusalCostsNoConnection() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.readRequest();
                peer.write("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
                peer.open().isAtEnd();
              });
      assertThat(failure(rig.client().newWebSocketBuilder().buildAsync(rig.uri(), DEAF)))
          .isInstanceOf(WebSocketHandshakeException.class);
      rig.open(DEAF).abort();
      assertThat(get(served)).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void aRedirectIsARefusal(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.readRequest();
            peer.write("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
            peer.isAtEnd();
          });
      Throwable why = failure(rig.client().newWebSocketBuilder().buildAsync(rig.uri(), DEAF));
      assertThat(why).isInstanceOf(WebSocketHandshakeException.class);
      assertThat(((WebSocketHandshakeException) why).getResponse().statusCode()).isEqualTo(302);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-WebSocket-Accept: wrong, true",
    "Sec-WebSocket-Accept:, true",
    "Sec-WebSocket-Protocol: chat, false",
    "Sec-WebSocket-Extensions: permessage-deflate, false",
    "Upgrade: other, true",
    "Connection: close, true"
  })
  void anAnswerToSomethingElseIsARefusal(String field, boolean replaces) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        rig.serve(
            peer -> {
              peer.readRequest();
              String name = field.substring(0, field.indexOf(':') + 1);
              String right = peer.acceptance(replaces ? new String[0] : new String[] {field});
              peer.write(replaces ? right.replaceFirst(name + ".*\r\n", field + "\r\n") : right);
              peer.isAtEnd();
            });
        Throwable why = failure(rig.client().newWebSocketBuilder().buildAsync(rig.uri(), DEAF));
        assertThat(why).as(kind + " " + why).isInstanceOf(WebSocketHandshakeException.class);
        assertThat(((WebSocketHandshakeException) why).getResponse().statusCode()).isEqualTo(101);
      }
    }
  }

  /** The JDK's client asks once more, even on a new connection. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "POOLED_TLS"})
  void aConnectionThatEndsWithoutAnAnswerIsAnIoException(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(WebSocketPeer::readRequest);
      assertThat(failure(rig.client().newWebSocketBuilder().buildAsync(rig.uri(), DEAF)))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(WebSocketHandshakeException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void nobodyThereIsAConnectException(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      ServerSocket gone = new ServerSocket(0);
      gone.close();
      URI uri = URI.create("ws://localhost:" + gone.getLocalPort());
      assertThat(failure(rig.client().newWebSocketBuilder().buildAsync(uri, DEAF)))
          .isInstanceOf(ConnectException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aServerThatIsSilentIsATimeout(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.readRequest();
            peer.isAtEnd();
          });
      assertThat(
              failure(
                  rig.client()
                      .newWebSocketBuilder()
                      .connectTimeout(Duration.ofMillis(200))
                      .buildAsync(rig.uri(), DEAF)))
          .isInstanceOf(HttpTimeoutException.class);
    }
  }

  @Test
  void cancellingTheFutureEndsTheConnection() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      CompletableFuture<Void> asked = new CompletableFuture<>();
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.readRequest();
                asked.complete(null);
                assertThat(peer.isAtEnd()).isTrue();
              });
      CompletableFuture<WebSocket> future =
          rig.client().newWebSocketBuilder().buildAsync(rig.uri(), DEAF);
      get(asked);
      assertThat(future.cancel(true)).isTrue();
      assertThat(get(served)).isNull();
    }
  }

  // ---- what must not be asked for

  @ParameterizedTest
  @CsvSource({"http://localhost/", "ws:/nohost", "ws://localhost/#fragment", "localhost"})
  void otherUrisAreRefused(String uri) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        assertThat(failure(rig.client().newWebSocketBuilder().buildAsync(URI.create(uri), DEAF)))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-WebSocket-Key, 1",
    "sec-websocket-version, 13",
    "Sec-WebSocket-Accept, 1",
    "Sec-WebSocket-Extensions, x",
    "Sec-WebSocket-Protocol, x",
    "Upgrade, x",
    "Connection, x",
    "a b, x"
  })
  void otherHeadersAreRefused(String name, String value) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        assertThat(
                failure(
                    rig.client()
                        .newWebSocketBuilder()
                        .header(name, value)
                        .buildAsync(rig.uri(), DEAF)))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"a b, c", "'', c", "a, a", "'a,b', c"})
  void otherSubprotocolsAreRefused(String first, String second) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        assertThat(
                failure(
                    rig.client()
                        .newWebSocketBuilder()
                        .subprotocols(first, second)
                        .buildAsync(rig.uri(), DEAF)))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void otherTimeoutsAreRefused(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      assertThat(
              failure(
                  rig.client()
                      .newWebSocketBuilder()
                      .connectTimeout(Duration.ZERO)
                      .buildAsync(rig.uri(), DEAF)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void nullsAreRefused() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      WebSocket.Builder builder = rig.client().newWebSocketBuilder();
      assertThatThrownBy(() -> builder.header(null, "x")).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> builder.connectTimeout(null))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> builder.buildAsync(null, DEAF))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> builder.buildAsync(rig.uri(), null))
          .isInstanceOf(NullPointerException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"124", "-1", "1073741825"})
  void otherFrameSizesAreRefused(int bytes) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      PooledWebSocketBuilder builder = ((PooledHttpClient) rig.client()).newWebSocketBuilder();
      assertThatThrownBy(() -> builder.maxFrameSize(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("maxFrameSize must be in 125..1073741824, was " + bytes);
    }
  }
}
