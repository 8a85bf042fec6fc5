package io.fourtuple.netty.http;

import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes down what a listener hears, and asks for more as it is told. */
class Recorder implements WebSocket.Listener {
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final boolean asks;
  private final AtomicInteger inside = new AtomicInteger();
  private final StringBuilder text = new StringBuilder();
  private int bytes;
  volatile @Nullable Throwable error;
  volatile CompletableFuture<?> mayClose = CompletableFuture.completedFuture(null);

  /**
   * @param asks for one more at each call; else the test does
   */
  Recorder(boolean asks) {
    this.asks = asks;
  }

  /** What comes next. */
  String next() throws InterruptedException {
    String next = heard.poll(60, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  boolean hasHeardNothing() {
    return heard.isEmpty();
  }

  private void enter(WebSocket socket) {
    if (inside.incrementAndGet() != 1) {
      heard.add("concurrent");
    }
    if (asks) {
      socket.request(1);
    }
  }

  private @Nullable CompletionStage<?> leave(@Nullable String what) {
    inside.decrementAndGet();
    if (what != null) {
      heard.add(what);
    }
    return null;
  }

  @Override
  public void onOpen(WebSocket socket) {
    enter(socket);
    leave("open");
  }

  /** Parts are put together, for it is not said how a message is cut. */
  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    enter(socket);
    text.append(data);
    String whole = last ? "text " + text : null;
    if (last) {
      text.setLength(0);
    }
    return leave(whole);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    enter(socket);
    bytes += data.remaining();
    String whole = last ? "binary " + bytes : null;
    if (last) {
      bytes = 0;
    }
    return leave(whole);
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    enter(socket);
    return leave("ping " + StandardCharsets.UTF_8.decode(message));
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    enter(socket);
    return leave("pong " + StandardCharsets.UTF_8.decode(message));
  }

  @Override
  public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    enter(socket);
    leave("close " + code + " " + reason + " " + socket.isInputClosed());
    return mayClose;
  }

  @Override
  public void onError(WebSocket socket, Throwable why) {
    inside.incrementAndGet();
    error = why;
    leave("error " + socket.isInputClosed() + " " + socket.isOutputClosed());
  }
}
