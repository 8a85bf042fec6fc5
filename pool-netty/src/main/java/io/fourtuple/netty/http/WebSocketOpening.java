package io.fourtuple.netty.http;

import io.fourtuple.netty.http.Retry.Progress;
import io.fourtuple.netty.http.Retry.Verdict;
import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.Lease;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Opens one WebSocket: acquires a connection, and has {@link WebSocketUpgrade} ask the server. Asks
 * again where credentials are wanted that the user has, and where the connection was stale. What it
 * has opened it stands for in {@link Operations}. Its steps follow each other, on whatever thread;
 * only {@link #stop} may come at any time.
 */
final class WebSocketOpening extends Operations.Operation implements AcquireCallback<Channel> {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final ClientCore client;
  private final OpeningHandshake handshake;
  private final WebSocket.Listener listener;
  private final int maxFrameSize;
  private final Conversation conversation;
  private final Deadline deadline;
  private final CompletableFuture<WebSocket> future = new Opened();
  private final AtomicReference<@Nullable Throwable> stopped = new AtomicReference<>();
  private volatile @Nullable Cancellable acquiring;
  private volatile @Nullable WebSocketUpgrade upgrade;
  private volatile @Nullable PooledWebSocket socket;
  private volatile @Nullable Outgoing outgoing;
  private volatile @Nullable Future<?> timer;
  private int retries;

  /** Gives up when it is cancelled. */
  private final class Opened extends CompletableFuture<WebSocket> {
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      boolean isCancelled = super.cancel(mayInterruptIfRunning);
      if (isCancelled) {
        stop(new CancellationException("opening was cancelled"));
      }
      return isCancelled;
    }
  }

  WebSocketOpening(
      ClientCore client,
      OpeningHandshake handshake,
      WebSocket.Listener listener,
      int maxFrameSize) {
    this.client = client;
    this.handshake = handshake;
    this.listener = listener;
    this.maxFrameSize = maxFrameSize;
    this.conversation = new Conversation(client, true);
    Duration timeout = handshake.request().timeout().orElse(FOR_EVER);
    this.deadline = Deadline.after(client.now(), timeout);
  }

  CompletableFuture<WebSocket> start() {
    try {
      client.operations().begins(this);
      attempt();
    } catch (IOException e) {
      failed((Throwable) e);
    }
    return future;
  }

  /** The user's cookie handler and proxy selector are asked here. */
  private void attempt() {
    try {
      outgoing = conversation.prepare(handshake.request());
    } catch (IOException | RuntimeException | Error e) { // some of it is the user's code
      failed(e);
      return;
    }
    acquire();
  }

  private void acquire() {
    Outgoing prepared = outgoing;
    if (prepared == null) {
      throw new IllegalStateException("nothing was prepared");
    }
    Duration left = deadline.left(client.now());
    Duration most = client.settings().acquireTimeout();
    Duration wait = left.compareTo(most) < 0 ? left : most;
    Cancellable waiting = client.pool().acquire(prepared.destination(), wait, this);
    acquiring = waiting;
    if (stopped.get() != null) {
      waiting.cancel();
    }
  }

  @Override
  public void acquired(Lease<Channel> lease) {
    if (stopped.get() != null) {
      lease.close();
      return;
    }
    try {
      lease.connection().eventLoop().execute(() -> begin(lease));
    } catch (RejectedExecutionException e) {
      lease.discard();
      failed((Throwable) new IOException("event loop shut down", e));
    }
  }

  private void begin(Lease<Channel> lease) {
    Channel channel = lease.connection();
    Http1Connection connection = Http1Connection.find(channel);
    Outgoing prepared = outgoing;
    if (connection == null || prepared == null) {
      lease.discard();
      failed(new IllegalStateException("connection must speak HTTP/1.1, was " + channel));
      return;
    }
    startTimer(channel);
    WebSocketUpgrade begun = new WebSocketUpgrade(this, lease, connection, maxFrameSize);
    upgrade = begun;
    begun.begin(prepared);
    Throwable reason = stopped.get();
    if (reason != null) {
      begun.stop(reason);
    }
  }

  private void startTimer(Channel channel) {
    if (timer == null && handshake.request().timeout().isPresent()) {
      timer =
          channel
              .eventLoop()
              .schedule(
                  () -> stop(new HttpTimeoutException("not open in time: " + handshake.uri())),
                  deadline.nanosLeft(client.now()),
                  TimeUnit.NANOSECONDS);
    }
  }

  /** There is no connection. */
  @Override
  public void failed(IOException why) {
    if (why.getCause() instanceof TunnelRefusedException refused) {
      onExecutor(() -> tunnelRefused(refused));
      return;
    }
    boolean isInTime = deadline.nanosLeft(client.now()) > 0;
    IOException reason = Failures.ofAcquire(why, !isInTime);
    if (reason instanceof ConnectException) {
      onExecutor(() -> conversation.connectFailed(handshake.request().uri(), reason));
    }
    failed((Throwable) reason);
  }

  private void tunnelRefused(TunnelRefusedException refused) {
    ResponseHead answer = refused.response();
    try {
      if (answer.statusCode() == Authentication.PROXY_AUTHENTICATION_REQUIRED
          && conversation.tunnelRefused(handshake.request(), answer)) {
        attempt();
      } else {
        failed((Throwable) refused);
      }
    } catch (IOException | RuntimeException | Error e) { // the user's code
      failed(e);
    }
  }

  // ---- what the upgrade tells, on its event loop

  OpeningHandshake handshake() {
    return handshake;
  }

  /** The connection is the WebSocket's now. */
  PooledWebSocket opened(Lease<Channel> lease, String subprotocol) {
    stopTimer();
    return new PooledWebSocket(
        handshake, subprotocol, listener, client.executor(), lease, this::over);
  }

  /** All is ready; calls of the listener may begin. */
  void opened(PooledWebSocket open, ResponseHead head) {
    socket = open;
    onExecutor(
        () -> {
          try {
            conversation.next(handshake.request(), head); // tells the cookie handler
          } catch (IOException | RuntimeException | Error e) { // the user's code
            open.abort();
            failed(e);
            return;
          }
          Throwable why = stopped.get();
          if (why != null) {
            open.abort();
            failed(why);
            return;
          }
          open.open();
          if (!future.complete(open)) {
            open.abort();
          }
        });
  }

  /** The server does not open a WebSocket. The lease has ended. */
  void refused(Response<String> response, IOException why) {
    onExecutor(
        () -> {
          try {
            // Credentials for the same request; other requests are redirects, not to be followed.
            CheckedRequest asked = handshake.request();
            if (asked.equals(conversation.next(asked, response.head()))) {
              attempt();
              return;
            }
          } catch (IOException | RuntimeException | Error e) { // the user's code
            failed(e);
            return;
          }
          failed(new WebSocketHandshakeException(response).initCause(why));
        });
  }

  /** There is no answer. The lease has ended. */
  void lost(IOException why, boolean isReused, boolean isAnswered) {
    Progress progress = isAnswered ? Progress.ANSWERED : Progress.WRITTEN;
    if (stopped.get() == null
        && new Retry("GET", true, progress, isReused, Verdict.NONE, retries).isAllowed()) {
      retries++;
      acquire();
    } else {
      failed((Throwable) why);
    }
  }

  // ---- the end

  private void failed(Throwable why) {
    stopTimer();
    onExecutor(
        () -> {
          future.completeExceptionally(why);
          over();
        });
  }

  private void stopTimer() {
    Future<?> running = timer;
    if (running != null) {
      running.cancel(false);
    }
  }

  private void over() {
    client.operations().ended(this);
  }

  /** Ends what was opened, or gives up opening it. */
  @Override
  public void stop(Throwable why) {
    PooledWebSocket open = socket;
    if (stopped.compareAndSet(null, why) && open == null) {
      open = socket;
      Cancellable waiting = acquiring;
      if (waiting != null) {
        waiting.cancel();
      }
      WebSocketUpgrade begun = upgrade;
      if (begun != null) {
        begun.stop(why);
      }
      failed(why);
    }
    if (open != null) {
      open.fail(why);
    }
  }

  private void onExecutor(Runnable step) {
    try {
      client.executor().execute(step);
    } catch (RejectedExecutionException e) {
      step.run();
    }
  }
}
