package io.fourtuple.netty.http;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One {@code send} of a WebSocket. Ends once; from any thread. */
final class SendOperation {
  private final WebSocket socket;
  private final Executor executor;
  private final AtomicBoolean pending;
  private final @Nullable ByteBuffer source;
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final CompletableFuture<WebSocket> future = new CompletableFuture<>();

  /**
   * @param executor where the future is completed, since the user's code depends on it
   * @param pending false when it is over
   * @param source the user's buffer, which has no bytes left afterwards; null for none
   */
  SendOperation(
      WebSocket socket, Executor executor, AtomicBoolean pending, @Nullable ByteBuffer source) {
    this.socket = socket;
    this.executor = executor;
    this.pending = pending;
    this.source = source;
  }

  CompletableFuture<WebSocket> future() {
    return future;
  }

  /**
   * Ends it.
   *
   * @param why null where it is written
   */
  void end(@Nullable Throwable why) {
    if (!isOver.compareAndSet(false, true)) {
      return;
    }
    if (why == null && source != null) {
      source.position(source.limit());
    }
    pending.set(false);
    Runnable completion = why == null ? this::succeed : () -> fail(why);
    try {
      executor.execute(completion);
    } catch (RejectedExecutionException e) {
      completion.run();
    }
  }

  private void succeed() {
    future.complete(socket);
  }

  private void fail(Throwable why) {
    future.completeExceptionally(
        why instanceof IOException ? why : new IOException(why.getMessage(), why));
  }
}
