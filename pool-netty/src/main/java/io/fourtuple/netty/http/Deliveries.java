package io.fourtuple.netty.http;

import java.net.http.WebSocket;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the listener of a WebSocket on an executor, one call at a time, in order, and no more often
 * than it has asked for. More is read from the connection only when it has had all that was read.
 * Thread-safe.
 */
final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  private final PooledWebSocket socket;
  private final WebSocket.Listener listener;
  private final Executor executor;
  private final Queue<Incoming> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong demand = new AtomicLong();

  /** How often there was a reason to look since the last look; whoever makes it 1 looks. */
  private final AtomicInteger signals = new AtomicInteger();

  private final AtomicBoolean isReading = new AtomicBoolean();

  /** What ends it before all that is queued; null for nothing. */
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  private volatile boolean isInputClosed;
  private volatile boolean isOver;
  private volatile boolean isStarted;
  private boolean isOpen; // of the look

  Deliveries(PooledWebSocket socket, WebSocket.Listener listener, Executor executor) {
    this.socket = socket;
    this.listener = listener;
    this.executor = executor;
  }

  boolean isInputClosed() {
    return isInputClosed;
  }

  /** Whether something is to be read that has not come. */
  boolean isReading() {
    return isReading.get();
  }

  // ---- reasons to look

  /** Calls may begin. */
  void open() {
    isStarted = true;
    signal();
  }

  void request(long n) {
    if (n <= 0) {
      throw new IllegalArgumentException("n must be > 0, was " + n);
    }
    demand.accumulateAndGet(n, (had, more) -> had + more < 0 ? Long.MAX_VALUE : had + more);
    signal();
  }

  /** Something has come; {@link #readEnded} follows. */
  void add(Incoming incoming) {
    queue.add(incoming);
  }

  /** What was read has been added. */
  void readEnded() {
    isReading.set(false);
    signal();
  }

  /** Ends with an error, whatever is queued. */
  void fail(Throwable why) {
    failure.compareAndSet(null, why);
    signal();
  }

  /** The listener hears nothing any more. */
  void stop() {
    isInputClosed = true;
    isOver = true;
    signal();
  }

  private void signal() {
    if (signals.getAndIncrement() == 0) {
      try {
        executor.execute(this::look);
      } catch (RejectedExecutionException e) {
        look();
      }
    }
  }

  // ---- on the executor, one at a time

  private void look() {
    int seen = signals.get();
    do {
      deliverAll();
      seen = signals.addAndGet(-seen);
    } while (seen != 0);
  }

  private void deliverAll() {
    if (!isStarted) {
      return;
    }
    if (!isOpen && !isOver) {
      isOpen = true;
      opened();
    }
    while (!isOver) {
      Throwable why = failure.get();
      Incoming next = queue.peek();
      if (why != null) {
        failed(why);
      } else if (next == null) {
        readMore();
        return;
      } else if (next instanceof Incoming.Failure last) {
        failed(last.cause());
      } else if (demand.get() == 0) {
        return;
      } else {
        demand.decrementAndGet();
        queue.remove();
        deliver(next);
      }
    }
    queue.clear();
  }

  private void readMore() {
    if (demand.get() > 0 && isReading.compareAndSet(false, true)) {
      socket.connection().read();
    }
  }

  private void opened() {
    try {
      listener.onOpen(socket);
    } catch (Throwable thrown) {
      failure.compareAndSet(null, thrown);
    }
  }

  private void deliver(Incoming next) {
    if (next instanceof Incoming.Close close) {
      closed(close);
      return;
    }
    try {
      CompletionStage<?> received = call(next);
      if (received != null) {
        received.whenComplete(
            (nothing, thrown) -> {
              if (thrown != null) {
                fail(thrown);
              }
            });
      }
    } catch (Throwable thrown) {
      failure.compareAndSet(null, thrown);
    }
  }

  private @Nullable CompletionStage<?> call(Incoming next) {
    if (next instanceof Incoming.Text text) {
      return listener.onText(socket, text.data(), text.last());
    }
    if (next instanceof Incoming.Binary binary) {
      return listener.onBinary(socket, binary.data(), binary.last());
    }
    if (next instanceof Incoming.Ping ping) {
      return listener.onPing(socket, ping.data());
    }
    if (next instanceof Incoming.Pong pong) {
      return listener.onPong(socket, pong.data());
    }
    throw new IllegalStateException("not for onText, onBinary, onPing or onPong: " + next);
  }

  private void closed(Incoming.Close close) {
    isInputClosed = true;
    isOver = true;
    int answer = CloseCode.answerTo(close.code());
    try {
      CompletionStage<?> mayClose = listener.onClose(socket, close.code(), close.reason());
      if (mayClose != null) {
        mayClose.whenComplete((nothing, thrown) -> socket.closeOutput(answer));
        return;
      }
    } catch (Throwable thrown) {
      log.debug("onClose of {} failed", listener, thrown); // it is the last call
    }
    socket.closeOutput(answer);
  }

  private void failed(Throwable why) {
    socket.end();
    isInputClosed = true;
    isOver = true;
    try {
      listener.onError(socket, why);
    } catch (Throwable thrown) {
      log.debug("onError of {} failed", listener, thrown);
    }
  }
}
