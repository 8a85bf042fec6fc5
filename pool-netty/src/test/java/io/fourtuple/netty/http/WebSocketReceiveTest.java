package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.WebSocketPeer.BINARY;
import static io.fourtuple.netty.http.WebSocketPeer.CLOSE;
import static io.fourtuple.netty.http.WebSocketPeer.CONTINUATION;
import static io.fourtuple.netty.http.WebSocketPeer.FINAL;
import static io.fourtuple.netty.http.WebSocketPeer.PING;
import static io.fourtuple.netty.http.WebSocketPeer.PONG;
import static io.fourtuple.netty.http.WebSocketPeer.TEXT;
import static io.fourtuple.netty.http.WebSocketRig.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.netty.http.WebSocketPeer.Frame;
import io.fourtuple.netty.http.WebSocketRig.Kind;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class WebSocketReceiveTest {
  // ---- messages

  @ParameterizedTest
  @EnumSource(Kind.class)
  void messagesComeInOrder(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      String umlauts = "Gr\u00fc\u00dfe \ud83d\ude00";
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                peer.write(FINAL | TEXT, umlauts);
                peer.write(FINAL | TEXT, "");
                peer.write(FINAL | BINARY, new byte[70_000]);
                peer.write(FINAL | BINARY, new byte[0]);
                peer.write(FINAL | BINARY, new byte[126]);
                peer.write(TEXT, "in ");
                peer.write(FINAL | PONG, "between");
                peer.write(CONTINUATION, "three ");
                peer.write(FINAL | CONTINUATION, "parts");
                peer.isAtEnd();
              });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      for (String expected :
          List.of(
              "open",
              "text " + umlauts,
              "text ",
              "binary 70000",
              "binary 0",
              "binary 126",
              "pong between",
              "text in three parts")) {
        assertThat(listener.next()).isEqualTo(expected);
      }
      socket.abort();
      get(served);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void charactersMayBeCutByFrames(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      byte[] bytes = "\u20ac\ud83d\ude00x".getBytes(UTF_8);
      rig.serve(
          peer -> {
            peer.open();
            for (int i = 0; i < bytes.length; i++) {
              peer.write(i == 0 ? TEXT : CONTINUATION, new byte[] {bytes[i]});
            }
            peer.write(FINAL | CONTINUATION, "");
            peer.isAtEnd();
          });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("text \u20ac\ud83d\ude00x");
      socket.abort();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void pingsAreAnsweredAndHeard(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Frame> pong = new CompletableFuture<>();
      rig.serve(
          peer -> {
            peer.open();
            peer.write(FINAL | PING, "are you there");
            pong.complete(peer.read());
            peer.isAtEnd();
          });
      Recorder listener = new Recorder(true);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("ping are you there");
      assertThat(get(pong).opcode()).isEqualTo(PONG);
      assertThat(get(pong).text()).isEqualTo("are you there");
      socket.abort();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void nothingIsHeardThatWasNotAskedFor(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.open();
            for (int i = 1; i <= 4; i++) {
              peer.write(FINAL | TEXT, "" + i);
            }
            peer.isAtEnd();
          });
      Recorder listener = new Recorder(false);
      WebSocket socket = rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      socket.request(1);
      assertThat(listener.next()).isEqualTo("text 1");
      socket.request(2);
      assertThat(listener.next()).isEqualTo("text 2");
      assertThat(listener.next()).isEqualTo("text 3");
      assertThat(listener.hasHeardNothing()).isTrue();
      socket.request(1);
      assertThat(listener.next()).isEqualTo("text 4");
      socket.abort();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "POOLED_TLS"}) // the JDK's has ended it with an error on a busy machine
  void aServerIsHeldUpByAListenerThatDoesNotAsk(Kind kind) throws Exception {
    int size = 32 << 10;
    int most = 2_000; // 64 MB: more than all buffers on the way hold
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      Semaphore written = new Semaphore(0);
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                for (int i = 0; i < most; i++) {
                  peer.write(FINAL | BINARY, new byte[size]);
                  written.release();
                }
                peer.writeClose(1000, "");
                peer.read();
              });
      Recorder listener = new Recorder(false);
      WebSocket socket = rig.open(listener);
      socket.request(1);
      assertThat(listener.next()).isEqualTo("open");
      written.acquire(16); // it has begun, and is not going to end
      assertThat(served).isNotDone();
      socket.request(Long.MAX_VALUE);
      socket.request(Long.MAX_VALUE);
      for (int i = 0; i < most; i++) {
        assertThat(listener.next()).isEqualTo("binary " + size);
      }
      assertThat(listener.next()).startsWith("close 1000");
      get(served);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void fewerThanOneCannotBeAskedFor(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(peer -> peer.open().isAtEnd());
      WebSocket socket = rig.open(new Recorder(false));
      assertThatThrownBy(() -> socket.request(0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> socket.request(-1)).isInstanceOf(IllegalArgumentException.class);
      socket.abort();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatWasHeardMayBeKept(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.open();
            for (byte i = 0; i < 10; i++) {
              peer.write(FINAL | BINARY, new byte[] {i});
            }
            peer.writeClose(1000, "");
            peer.read();
          });
      List<ByteBuffer> kept = new ArrayList<>();
      CompletableFuture<Void> closed = new CompletableFuture<>();
      rig.open(
          new WebSocket.Listener() {
            @Override
            public @Nullable CompletionStage<?> onBinary(
                WebSocket socket, ByteBuffer data, boolean last) {
              kept.add(data);
              socket.request(1);
              return null;
            }

            @Override
            public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String why) {
              closed.complete(null);
              return null;
            }
          });
      get(closed);
      assertThat(kept.stream().map(data -> (int) data.get(data.position())))
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }
  }

  // ---- what must not come

  @ParameterizedTest
  @CsvSource({
    "c10178, rsv, 1002",
    "8301, reserved opcode, 1002",
    "8b00, reserved control opcode, 1002",
    "8181000000006161, masked, 1002",
    "0900, cut ping, 1002",
    "897e0080, long ping, 1002",
    "8000, continuation of nothing, 1002",
    "01016182017a, binary in text, 1002",
    "880103, cut close code, 1002",
    "880203ec, close code 1004, 1002",
    "880203ed, close code 1005, 1002",
    "880203f2, close code 1010, 1002",
    "880203e7, close code 999, 1002",
    "880203fa, close code 1018, 1002",
    "880403e8c328, close reason not UTF-8, 1007",
    "880303e8c3, close reason cut, 1007",
    "8102c328, text not UTF-8, 1007",
    "8101c3, text cut, 1007",
    "0101c3800128, text not UTF-8 across frames, 1007",
    "8103eda080, surrogate, 1007"
  })
  void garbageIsAnError(String hex, String what, int code) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        CompletableFuture<Frame> answer = new CompletableFuture<>();
        CompletableFuture<Void> served =
            rig.serve(
                peer -> {
                  peer.open();
                  peer.write(HexFormat.of().parseHex(hex));
                  answer.complete(peer.read());
                  assertThat(peer.isAtEnd()).isTrue();
                });
        Recorder listener = new Recorder(true);
        WebSocket socket = rig.open(listener);
        assertThat(listener.next()).isEqualTo("open");
        assertThat(listener.next()).as(kind + " " + what).isEqualTo("error true true");
        assertThat(listener.error).isInstanceOf(ProtocolException.class);
        assertThat(socket.isOutputClosed()).isTrue();
        if (kind.isOurs) {
          // The JDK closes its output before it would say so.
          assertThat(get(answer).opcode()).isEqualTo(CLOSE);
          assertThat(get(answer).closeCode()).isEqualTo(code);
          assertThat(get(served)).isNull();
        }
      }
    }
  }

  @Test
  void aFrameThatIsTooLongIsAnError() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      CompletableFuture<Frame> answer = new CompletableFuture<>();
      rig.serve(
          peer -> {
            peer.open();
            peer.write(FINAL | BINARY, new byte[1_000]);
            peer.write(FINAL | BINARY, new byte[1_001]);
            answer.complete(peer.read());
            peer.isAtEnd();
          });
      Recorder listener = new Recorder(true);
      get(
          ((PooledHttpClient) rig.client())
              .newWebSocketBuilder()
              .maxFrameSize(1_000)
              .buildAsync(rig.uri(), listener));
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("binary 1000");
      assertThat(listener.next()).isEqualTo("error true true");
      assertThat(listener.error).isInstanceOf(ProtocolException.class);
      assertThat(get(answer).closeCode()).isEqualTo(1009);
    }
  }

  // ---- listeners that fail

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatAListenerThrowsIsAnError(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                peer.write(FINAL | TEXT, "1");
                peer.isAtEnd();
              });
      IllegalStateException thrown = new IllegalStateException("listener");
      Recorder listener =
          new Recorder(true) {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
              throw thrown;
            }
          };
      rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("error true true");
      assertThat(listener.error).isSameAs(thrown);
      get(served);
    }
  }

  @Test
  void aStageThatFailsIsAnError() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) { // the JDK does not look at it
      rig.serve(
          peer -> {
            peer.open();
            peer.write(FINAL | TEXT, "1");
            peer.isAtEnd();
          });
      IOException failure = new IOException("stage");
      CompletableFuture<Void> stage = new CompletableFuture<>();
      Recorder listener =
          new Recorder(true) {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
              super.onText(socket, data, last);
              return stage;
            }
          };
      rig.open(listener);
      assertThat(listener.next()).isEqualTo("open");
      assertThat(listener.next()).isEqualTo("text 1");
      stage.completeExceptionally(failure);
      assertThat(listener.next()).isEqualTo("error true true");
      assertThat(listener.error).isSameAs(failure);
    }
  }
}
