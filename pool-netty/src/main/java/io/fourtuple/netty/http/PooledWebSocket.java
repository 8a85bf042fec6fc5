package io.fourtuple.netty.http;

import io.fourtuple.netty.http.FrameSender.Message;
import io.fourtuple.pool.Lease;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import java.io.IOException;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A WebSocket on a leased connection. Thread-safe. */
final class PooledWebSocket implements WebSocket {
  /** Of a control frame's payload: RFC 6455, 5.5. */
  private static final int LONGEST_CONTROL = 125;

  private enum Kind {
    TEXT,
    BINARY
  }

  private final URI uri;
  private final String subprotocol;
  private final Executor executor;
  private final Deliveries deliveries;
  private final WebSocketConnection connection;
  private final AtomicBoolean isOutputClosed = new AtomicBoolean();
  private final AtomicBoolean dataPending = new AtomicBoolean();
  private final AtomicBoolean controlPending = new AtomicBoolean();

  /**
   * What was sent a part of that was not the last one; null for none. Whoever may send reads it.
   */
  private volatile @Nullable Kind partial;

  /**
   * @param over run when the lease has ended
   */
  PooledWebSocket(
      OpeningHandshake handshake,
      String subprotocol,
      Listener listener,
      Executor executor,
      Lease<Channel> lease,
      Runnable over) {
    this.uri = handshake.uri();
    this.subprotocol = subprotocol;
    this.executor = executor;
    this.deliveries = new Deliveries(this, listener, executor);
    this.connection = new WebSocketConnection(lease, deliveries, over);
  }

  WebSocketConnection connection() {
    return connection;
  }

  /** Begins with the calls of the listener. */
  void open() {
    deliveries.open();
  }

  // ---- sending

  @Override
  public CompletableFuture<WebSocket> sendText(CharSequence data, boolean last) {
    Objects.requireNonNull(data, "data must not be null");
    if (!dataPending.compareAndSet(false, true)) {
      return pending();
    }
    Throwable refusal = refusal(Kind.TEXT);
    if (refusal == null) {
      try {
        ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(data));
        return send(Kind.TEXT, null, bytes, last);
      } catch (CharacterCodingException e) {
        refusal = new IOException("text must be well-formed UTF-16", e);
      }
    }
    return refused(dataPending, refusal);
  }

  @Override
  public CompletableFuture<WebSocket> sendBinary(ByteBuffer data, boolean last) {
    Objects.requireNonNull(data, "data must not be null");
    if (!dataPending.compareAndSet(false, true)) {
      return pending();
    }
    Throwable refusal = refusal(Kind.BINARY);
    return refusal != null
        ? refused(dataPending, refusal)
        : send(Kind.BINARY, data, data.slice(), last);
  }

  /** Why nothing of that kind can be sent now; null where it can. */
  private @Nullable Throwable refusal(Kind kind) {
    if (isOutputClosed.get()) {
      return new IOException("output is closed");
    }
    Kind begun = partial;
    return begun != null && begun != kind
        ? new IllegalStateException("the message begun must be ended first, was " + begun)
        : null;
  }

  private CompletableFuture<WebSocket> send(
      Kind kind, @Nullable ByteBuffer source, ByteBuffer bytes, boolean last) {
    partial = last ? null : kind;
    SendOperation operation = new SendOperation(this, executor, dataPending, source);
    Message message = new Message(operation, kind == Kind.TEXT, bytes, last);
    connection.send(sender -> sender.send(message));
    return operation.future();
  }

  @Override
  public CompletableFuture<WebSocket> sendPing(ByteBuffer message) {
    return sendControl(message, true);
  }

  @Override
  public CompletableFuture<WebSocket> sendPong(ByteBuffer message) {
    return sendControl(message, false);
  }

  private CompletableFuture<WebSocket> sendControl(ByteBuffer message, boolean isPing) {
    Objects.requireNonNull(message, "message must not be null");
    if (!controlPending.compareAndSet(false, true)) {
      return pending();
    }
    int length = message.remaining();
    if (length > LONGEST_CONTROL) {
      return refused(
          controlPending,
          new IllegalArgumentException(
              "message must have at most " + LONGEST_CONTROL + " bytes, was " + length));
    }
    if (isOutputClosed.get()) {
      return refused(controlPending, new IOException("output is closed"));
    }
    SendOperation operation = new SendOperation(this, executor, controlPending, message);
    var content = Unpooled.wrappedBuffer(message.slice());
    connection.send(
        sender ->
            sender.send(
                operation,
                isPing ? new PingWebSocketFrame(content) : new PongWebSocketFrame(content)));
    return operation.future();
  }

  @Override
  public CompletableFuture<WebSocket> sendClose(int statusCode, String reason) {
    Objects.requireNonNull(reason, "reason must not be null");
    if (!CloseCode.maySend(statusCode)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "statusCode must be one that a client may send, was " + statusCode));
    }
    if (!CloseCode.isReason(reason)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "reason must have at most 123 bytes as UTF-8, was of length " + reason.length()));
    }
    if (!isOutputClosed.compareAndSet(false, true)) {
      return CompletableFuture.failedFuture(new IOException("output is closed"));
    }
    return close(statusCode, reason).future();
  }

  /** Closes the output where the user has not. */
  void closeOutput(int code) {
    if (isOutputClosed.compareAndSet(false, true)) {
      close(code, "");
    }
  }

  private SendOperation close(int code, String reason) {
    SendOperation operation = new SendOperation(this, executor, new AtomicBoolean(true), null);
    connection.send(sender -> sender.close(operation, new CloseWebSocketFrame(code, reason)));
    return operation;
  }

  private static CompletableFuture<WebSocket> pending() {
    return CompletableFuture.failedFuture(
        new IllegalStateException("the send before must have completed, was pending"));
  }

  private static CompletableFuture<WebSocket> refused(AtomicBoolean pending, Throwable why) {
    pending.set(false);
    return CompletableFuture.failedFuture(why);
  }

  // ---- receiving

  @Override
  public void request(long n) {
    deliveries.request(n);
  }

  @Override
  public String getSubprotocol() {
    return subprotocol;
  }

  @Override
  public boolean isOutputClosed() {
    return isOutputClosed.get();
  }

  @Override
  public boolean isInputClosed() {
    return deliveries.isInputClosed();
  }

  // ---- the end

  @Override
  public void abort() {
    deliveries.stop();
    end();
  }

  /** Ends it, for that reason, of which the listener hears. */
  void fail(Throwable why) {
    deliveries.fail(why);
    end();
  }

  /** The listener has heard the last of it. */
  void end() {
    isOutputClosed.set(true);
    connection.end(new IOException("the WebSocket was aborted"));
  }

  @Override
  public String toString() {
    return "WebSocket to " + uri + (subprotocol.isEmpty() ? "" : " for " + subprotocol);
  }
}
