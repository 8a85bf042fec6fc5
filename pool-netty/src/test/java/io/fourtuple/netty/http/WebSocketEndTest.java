package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.WebSocketPeer.CLOSE;
import static io.fourtuple.netty.http.WebSocketPeer.FINAL;
import static io.fourtuple.netty.http.WebSocketPeer.TEXT;
import static io.fourtuple.netty.http.WebSocketRig.failure;
import static io.fourtuple.netty.http.WebSocketRig.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.netty.http.WebSocketPeer.Frame;
import io.fourtuple.netty.http.WebSocketRig.Kind;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class WebSocketEndTest {
  // ---- closing handshakes

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theUserCloses(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Frame> close = new CompletableFuture<>();
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                close.complete(peer.open().read());
                peer.write(FINAL | TEXT, "not yet");
                peer.writeClose(1000, "bye too");
              });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(get(socket.sendClose(1000, "bye"))).isSameAs(socket);
      assertThat(socket.isOutputClosed()).isTrue();
      assertThat(get(close).closeCode()).isEqualTo(1000);
      assertThat(get(close).closeReason()).isEqualTo("bye");
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("text not yet");
      assertThat(listener.next()).isEqualTo("close 1000 bye too true");
      assertThat(socket.isInputClosed()).isTrue();
      get(served);
    }
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000", "1001, 1001", "1011, 1011", "3001, 3001", "65535, 65535", "0, 1000"})
  void theServersCloseIsAnswered(int code, int answered) throws Exception {
    for (Kind kind : Kind.values()) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        CompletableFuture<Void> served =
            rig.serve(
                peer -> {
                  peer.open();
                  peer.write(
                      FINAL | CLOSE, code == 0 ? new byte[0] : WebSocketPeer.close(code, "why"));
                  answer.complete(peer.read());
                });
        Recorder listener = new Recorder(true);
        rig.open(listener);
        assertThat(listener.next()).isEqualTo("open");
        assertThat(listener.next())
            .isEqualTo(code == 0 ? "close 1005  true" : "close " + code + " why true");
        assertThat(get(answer).opcode()).isEqualTo(CLOSE);
        assertThat(get(answer).closeCode()).isEqualTo(answered);
        get(served);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theAnswerWaitsForTheListenersStage(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Frame> text = new CompletableFuture<>();
      CompletableFuture<Frame> answer = new CompletableFuture<>();
      rig.serve(
          peer -> {
            peer.open();
            peer.writeClose(1001, "");
            text.complete(peer.read());
            answer.complete(peer.read());
          });
      Recorder listener = new Recorder(true);
      CompletableFuture<Void> mayClose = new CompletableFuture<>();
      listener.mayClose = mayClose;
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("close 1001  true");
      assertThat(socket.isOutputClosed()).isFalse();
      get(socket.sendText("one more", true));
      assertThat(get(text).text()).isEqualTo("one more");
      mayClose.complete(null);
      assertThat(get(answer).closeCode()).isEqualTo(1001);
      if (kind.isOurs) { // the JDK's says so a bit later
        assertThat(socket.isOutputClosed()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void theListenerAnswersItself(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Frame> answer = new CompletableFuture<>();
      rig.serve(
          peer -> {
            peer.open();
            peer.writeClose(1001, "");
            answer.complete(peer.read());
          });
      rig.open(
          new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
              socket.sendClose(3333, "mine");
              return new CompletableFuture<Void>();
            }
          });
      assertThat(get(answer).closeCode()).isEqualTo(3333);
      assertThat(get(answer).closeReason()).isEqualTo("mine");
    }
  }

  /** RFC 6455, 7.1.1: TIME_WAIT is the server's then. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "POOLED_TLS"})
  void theServerClosesTheConnectionFirst(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.open();
            peer.writeClose(1000, "");
            peer.read();
          });
      Recorder listener = new Recorder(true);
      rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("close 1000  true");
      assertThat(rig.timeWaits()).isZero();
    }
  }

  /** What is told of the one above can be told. */
  @Test
  void anAbortClosesTheConnectionFirst() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      rig.serve(peer -> peer.open().isAtEnd());
      rig.open(new Recorder(true)).abort();
      assertThat(rig.timeWaits()).isOne();
    }
  }

  // ---- without a closing handshake

  @ParameterizedTest
  @EnumSource(Kind.class)
  void aServerThatGoesWithoutAWordIsCode1006(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.open();
            peer.write(FINAL | TEXT, "last words");
            peer.read();
          });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("text last words");
      get(socket.sendText("go", true));
      assertThat(listener.next()).isEqualTo("close 1006  true");
    }
  }

  /** The JDK's client loses what was not read yet, now and then. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "POOLED_TLS"})
  void whatCameBeforeTheEndIsHeardWheneverItIsAskedFor(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                for (int i = 1; i <= 3; i++) {
                  peer.write(FINAL | TEXT, "" + i);
                }
                peer.writeClose(1000, "");
              });
      Recorder listener = new Recorder(false);
      WebSocket socket = rig.open(listener);
      get(served);
      assertThat(listener.next()).isEqualTo("open");
      for (int i = 1; i <= 3; i++) {
        socket.request(1);
        assertThat(listener.next()).isEqualTo("text " + i);
      }
      assertThat(listener.hasHeardNothing()).isTrue();
      socket.request(1);
      assertThat(listener.next()).isEqualTo("close 1000  true");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void aResetIsAnError(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.open();
            peer.read();
            peer.reset();
          });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      get(socket.sendText("go", true));
      assertThat(listener.next()).isEqualTo("error true true");
      assertThat(listener.error).isInstanceOf(IOException.class);
      if (kind.isOurs) { // the JDK's takes it for a moment longer
        assertThat(failure(socket.sendText("x", true))).isInstanceOf(IOException.class);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void abortEndsAllAtOnce(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Void> mayRead = new CompletableFuture<>();
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                get(mayRead);
                while (!peer.isAtEnd()) {
                  // what was on the way
                }
              });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      CompletableFuture<WebSocket> sent =
          socket.sendBinary(ByteBuffer.allocate(64 << 20), true); // more than buffers hold
      socket.abort();
      assertThat(socket.isInputClosed()).isTrue();
      assertThat(socket.isOutputClosed()).isTrue();
      assertThat(failure(sent)).isInstanceOf(IOException.class);
      assertThat(failure(socket.sendText("x", true))).isInstanceOf(IOException.class);
      socket.abort();
      mayRead.complete(null);
      if (!kind.isTls) { // TLS may be cut inside a record
        get(served);
      }
      assertThat(listener.hasHeardNothing()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "POOLED_TLS"})
  void theClientsEndIsAnError(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Void> served =
          rig.serve(peer -> assertThat(peer.open().isAtEnd()).isTrue());
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      PooledHttpClient client = (PooledHttpClient) rig.client();
      client.shutdownNow();
      assertThat(listener.next()).isEqualTo("error true true");
      assertThat(listener.error).isInstanceOf(IOException.class);
      assertThat(get(served)).isNull();
      client.close();
      assertThat(client.isTerminated()).isTrue();
      assertThat(failure(socket.sendText("x", true))).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aClientThatIsShutDownOpensNone() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      ((PooledHttpClient) rig.client()).shutdown();
      assertThat(
              failure(
                  rig.client().newWebSocketBuilder().buildAsync(rig.uri(), new Recorder(false))))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void closeWaitsForAWebSocket() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      rig.serve(
          peer -> {
            peer.open();
            peer.read();
            peer.writeClose(1000, "");
          });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      PooledHttpClient client = (PooledHttpClient) rig.client();
      client.shutdown();
      assertThat(client.isTerminated()).isFalse();
      get(socket.sendClose(1000, ""));
      client.close();
      assertThat(client.isTerminated()).isTrue();
    }
  }
}
