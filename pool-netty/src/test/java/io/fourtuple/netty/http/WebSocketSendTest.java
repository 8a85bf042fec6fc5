package io.fourtuple.netty.http;

import static io.fourtuple.netty.http.WebSocketPeer.BINARY;
import static io.fourtuple.netty.http.WebSocketPeer.CLOSE;
import static io.fourtuple.netty.http.WebSocketPeer.CONTINUATION;
import static io.fourtuple.netty.http.WebSocketPeer.PING;
import static io.fourtuple.netty.http.WebSocketPeer.PONG;
import static io.fourtuple.netty.http.WebSocketPeer.TEXT;
import static io.fourtuple.netty.http.WebSocketRig.failure;
import static io.fourtuple.netty.http.WebSocketRig.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.netty.http.WebSocketPeer.Frame;
import io.fourtuple.netty.http.WebSocketRig.Kind;
import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class WebSocketSendTest {
  private static final Recorder DEAF = new Recorder(false);

  private static ByteBuffer bytes(String text) {
    return StandardCharsets.UTF_8.encode(text);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void whatIsSentArrives(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      List<Frame> got = Collections.synchronizedList(new ArrayList<>());
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                for (int i = 0; i < 10; i++) {
                  got.add(peer.read());
                }
              });
      WebSocket socket = rig.open(DEAF);
      assertThat(get(socket.sendText("Gr\u00fc\u00dfe", true))).isSameAs(socket);
      get(socket.sendText("", true));
      get(socket.sendText("1", false));
      get(socket.sendPing(bytes("ping")));
      get(socket.sendText("2", false));
      get(socket.sendText("3", true));
      ByteBuffer data = ByteBuffer.wrap(new byte[300]).position(100).limit(250);
      assertThat(get(socket.sendBinary(data, true))).isSameAs(socket);
      assertThat(data.position()).isEqualTo(250);
      ByteBuffer pong = ByteBuffer.allocate(125);
      get(socket.sendPong(pong));
      assertThat(pong.hasRemaining()).isFalse();
      get(socket.sendPing(ByteBuffer.allocate(0)));
      get(socket.sendClose(4321, "so l\u00f6ng"));
      get(served);
      assertThat(got.stream().map(Frame::opcode))
          .containsExactly(
              TEXT, TEXT, TEXT, PING, CONTINUATION, CONTINUATION, BINARY, PONG, PING, CLOSE);
      assertThat(got.stream().map(Frame::isFinal))
          .containsExactly(true, true, false, true, false, true, true, true, true, true);
      assertThat(got.get(0).text()).isEqualTo("Gr\u00fc\u00dfe");
      assertThat(got.get(6).payload()).hasSize(150);
      assertThat(got.get(7).payload()).hasSize(125);
      assertThat(got.get(9).closeCode()).isEqualTo(4321);
      assertThat(got.get(9).closeReason()).isEqualTo("so l\u00f6ng");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void longMessagesArriveAsAWhole(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      String text = "\u20ac\ud83d\ude00x".repeat(300_000);
      byte[] data = new byte[3_000_000];
      new Random(1).nextBytes(data);
      CompletableFuture<Frame> gotText = new CompletableFuture<>();
      CompletableFuture<Frame> gotData = new CompletableFuture<>();
      rig.serve(
          peer -> {
            peer.open();
            gotText.complete(peer.readMessage());
            gotData.complete(peer.readMessage());
            peer.isAtEnd();
          });
      WebSocket socket = rig.open(DEAF);
      CompletableFuture<WebSocket> sent =
          socket.sendText(text, true).thenCompose(s -> s.sendBinary(ByteBuffer.wrap(data), true));
      assertThat(get(sent)).isSameAs(socket);
      assertThat(get(gotText).text()).isEqualTo(text);
      assertThat(get(gotData).payload()).isEqualTo(data);
      socket.abort();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void oneOfAKindIsSentAtATime(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Void> mayRead = new CompletableFuture<>();
      CompletableFuture<Frame> got = new CompletableFuture<>();
      CompletableFuture<Frame> after = new CompletableFuture<>();
      rig.serve(
          peer -> {
            peer.open();
            get(mayRead);
            got.complete(peer.readMessage());
            after.complete(peer.read());
          });
      WebSocket socket = rig.open(DEAF);
      int size = 64 << 20; // more than all buffers on the way hold
      CompletableFuture<WebSocket> first = socket.sendBinary(ByteBuffer.allocate(size), true);
      assertThat(failure(socket.sendBinary(ByteBuffer.allocate(1), true)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(failure(socket.sendText("x", true))).isInstanceOf(IllegalStateException.class);
      assertThat(first).isNotDone();
      CompletableFuture<WebSocket> close = socket.sendClose(1000, "");
      assertThat(socket.isOutputClosed()).isTrue();
      mayRead.complete(null);
      get(first);
      get(close);
      assertThat(get(got).payload()).hasSize(size);
      assertThat(get(after).opcode()).isEqualTo(CLOSE);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void aMessageMustBeEndedAsItWasBegun(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Void> served =
          rig.serve(
              peer -> {
                peer.open();
                assertThat(peer.readMessage().text()).isEqualTo("ab");
                assertThat(peer.readMessage().payload()).hasSize(2);
              });
      WebSocket socket = rig.open(DEAF);
      get(socket.sendText("a", false));
      assertThat(failure(socket.sendBinary(ByteBuffer.allocate(1), true)))
          .isInstanceOf(IllegalStateException.class);
      if (kind.isOurs) { // the JDK's is not what it was
        get(socket.sendText("b", true));
        get(socket.sendBinary(ByteBuffer.allocate(1), false));
        assertThat(failure(socket.sendText("x", true))).isInstanceOf(IllegalStateException.class);
        get(socket.sendBinary(ByteBuffer.allocate(1), true));
        get(served);
      }
      socket.abort();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void controlFramesAreShort(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(peer -> peer.open().isAtEnd());
      WebSocket socket = rig.open(DEAF);
      assertThat(failure(socket.sendPing(ByteBuffer.allocate(126))))
          .isInstanceOf(IllegalArgumentException.class);
      if (kind.isOurs) { // the JDK's is not what it was
        assertThat(failure(socket.sendPong(ByteBuffer.allocate(126))))
            .isInstanceOf(IllegalArgumentException.class);
        get(socket.sendPong(ByteBuffer.allocate(1)));
        assertThat(socket.isOutputClosed()).isFalse();
      }
      socket.abort();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\ude00", "a\ud83db", "\ude00\ud83d"})
  void halfACharacterIsAnIoException(String text) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        rig.serve(peer -> peer.open().isAtEnd());
        WebSocket socket = rig.open(DEAF);
        assertThat(failure(socket.sendText(text, true))).isInstanceOf(IOException.class);
        socket.abort();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {-1, 0, 999, 1002, 1003, 1004, 1005, 1006, 1007, 1009, 1010, 1012, 1013, 1015, 5000})
  void otherCodesAreRefused(int code) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        rig.serve(peer -> peer.open().isAtEnd());
        WebSocket socket = rig.open(DEAF);
        assertThat(failure(socket.sendClose(code, "")))
            .as("%s", kind)
            .isInstanceOf(IllegalArgumentException.class);
        assertThat(socket.isOutputClosed()).isFalse();
        socket.abort();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1008, 1011, 3000, 4999})
  void theseCodesAreSent(int code) throws Exception {
    for (Kind kind : new Kind[] {Kind.POOLED, Kind.JDK}) {
      try (WebSocketRig rig = new WebSocketRig(kind)) {
        CompletableFuture<Frame> got = new CompletableFuture<>();
        rig.serve(peer -> got.complete(peer.open().read()));
        WebSocket socket = rig.open(DEAF);
        get(socket.sendClose(code, ""));
        assertThat(get(got).closeCode()).isEqualTo(code);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"POOLED", "JDK"})
  void otherReasonsAreRefused(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      CompletableFuture<Frame> got = new CompletableFuture<>();
      rig.serve(peer -> got.complete(peer.open().read()));
      WebSocket socket = rig.open(DEAF);
      for (String reason : List.of("x".repeat(124), "\u20ac".repeat(42), "\ud83d")) {
        assertThat(failure(socket.sendClose(1000, reason)))
            .isInstanceOf(IllegalArgumentException.class);
      }
      String longest = "\u20ac".repeat(41);
      get(socket.sendClose(1000, longest));
      assertThat(get(got).closeReason()).isEqualTo(longest);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void nothingIsSentBehindClose(Kind kind) throws Exception {
    try (WebSocketRig rig = new WebSocketRig(kind)) {
      rig.serve(
          peer -> {
            peer.open();
            peer.read();
            peer.isAtEnd();
          });
      WebSocket socket = rig.open(DEAF);
      get(socket.sendClose(1000, ""));
      assertThat(socket.isOutputClosed()).isTrue();
      assertThat(socket.isInputClosed()).isFalse();
      assertThat(failure(socket.sendText("x", true))).isInstanceOf(IOException.class);
      assertThat(failure(socket.sendBinary(bytes("x"), true))).isInstanceOf(IOException.class);
      assertThat(failure(socket.sendPing(bytes("x")))).isInstanceOf(IOException.class);
      assertThat(failure(socket.sendPong(bytes("x")))).isInstanceOf(IOException.class);
      assertThat(failure(socket.sendClose(1000, ""))).isInstanceOf(IOException.class);
      socket.abort();
    }
  }

  @Test
  @SuppressWarnings("NullAway") // on purpose
  void nullsAreRefused() throws Exception {
    try (WebSocketRig rig = new WebSocketRig(Kind.POOLED)) {
      rig.serve(peer -> peer.open().isAtEnd());
      WebSocket socket = rig.open(DEAF);
      assertThatThrownBy(() -> socket.sendText(null, true))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> socket.sendBinary(null, true))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> socket.sendPing(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> socket.sendPong(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> socket.sendClose(1000, null))
          .isInstanceOf(NullPointerException.class);
      socket.abort();
    }
  }
}
