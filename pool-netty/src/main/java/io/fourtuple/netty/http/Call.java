package io.fourtuple.netty.http;

import io.fourtuple.pool.AcquireCallback;
import io.fourtuple.pool.Lease;
import io.fourtuple.time.Deadline;
import io.fourtuple.time.Scheduler.Cancellable;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One {@code send}: as many exchanges as redirects, challenges and stale connections make
 * necessary, one after the other. Its steps follow each other, on whatever thread; only {@link
 * #stop} may come at any time.
 */
final class Call<T> extends Operations.Operation implements AcquireCallback<Channel> {
  /** No tick that is ever compared: it only stands for none. */
  private static final long FOR_EVER = Long.MIN_VALUE;

  private final ClientCore client;
  private final BodyHandler<T> handler;
  private final Executor executor;
  private final CallFuture<HttpResponse<T>> future;
  private final Conversation conversation;
  private final long headDeadline; // tick; FOR_EVER for none
  private final long wholeDeadline;

  private final AtomicReference<@Nullable Throwable> stopped = new AtomicReference<>(); // why

  private volatile @Nullable Cancellable acquiring;
  private volatile @Nullable Exchange exchange;

  // Of the event loop of the exchange.
  private @Nullable Future<?> headTimer;
  private @Nullable Future<?> wholeTimer;

  // Of the step that goes on at the moment.
  private CheckedRequest request;
  private @Nullable Outgoing outgoing;
  private @Nullable HttpResponse<T> previous;
  private @Nullable CheckedRequest next;
  private int retries;

  Call(ClientCore client, CheckedRequest request, BodyHandler<T> handler, Executor executor) {
    this.client = client;
    this.request = request;
    this.handler = handler;
    this.executor = executor;
    this.future = new CallFuture<>(this);
    this.conversation = new Conversation(client);
    this.headDeadline = deadline(request.timeout().orElse(null));
    this.wholeDeadline = deadline(client.settings().responseTimeout());
  }

  private long deadline(@Nullable Duration timeout) {
    return timeout == null ? FOR_EVER : Deadline.after(client.now(), timeout).tick();
  }

  /** Nanoseconds left; 0 where it is over. */
  private long left(long deadline) {
    return deadline == FOR_EVER ? Long.MAX_VALUE : Math.max(0, deadline - client.now());
  }

  CallFuture<HttpResponse<T>> future() {
    return future;
  }

  /** Where the user's code runs. */
  Executor executor() {
    return executor;
  }

  /** Whether it was given up, so that no more of the user's code is to be asked. */
  boolean isStopped() {
    return stopped.get() != null;
  }

  Executor clientExecutor() {
    return client.executor();
  }

  // ---- its steps

  void start() {
    try {
      client.operations().begins(this);
    } catch (IOException e) {
      failed((Throwable) e);
      return;
    }
    attempt();
  }

  /** Prepares a request, for which the user's handlers are asked, and sends it. */
  private void attempt() {
    try {
      outgoing = conversation.prepare(request);
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
    Duration wait = client.settings().acquireTimeout();
    long left = Math.min(left(headDeadline), left(wholeDeadline));
    if (left != Long.MAX_VALUE && wait.compareTo(Duration.ofNanos(left)) > 0) {
      wait = Duration.ofNanos(left);
    }
    Cancellable waiting = client.pool().acquire(prepared.destination(), wait, this);
    acquiring = waiting;
    if (stopped.get() != null) {
      waiting.cancel();
    }
  }

  @Override
  public void acquired(Lease<Channel> lease) {
    Outgoing sent = outgoing;
    if (sent == null || stopped.get() != null) {
      lease.close();
      return;
    }
    Channel channel = lease.connection();
    if (channel.eventLoop().inEventLoop()) {
      tryToBegin(lease, sent);
      return;
    }
    try {
      channel.eventLoop().execute(() -> tryToBegin(lease, sent));
    } catch (RejectedExecutionException e) {
      lease.discard();
      failed(new IOException("event loop shut down", e));
    }
  }

  private void tryToBegin(Lease<Channel> lease, Outgoing sent) {
    try {
      begin(lease, sent);
    } catch (RuntimeException | Error e) { // nobody else would tell the user
      lease.discard();
      failed(e);
    }
  }

  private void begin(Lease<Channel> lease, Outgoing sent) {
    Carriers.open(
        lease,
        (carrier, why) -> {
          if (carrier == null) {
            notOpened(why == null ? new IOException("no connection") : why);
            return;
          }
          Exchange begun = new Exchange(this, lease, sent, carrier);
          exchange = begun;
          startTimers(lease.connection().eventLoop());
          begun.begin();
          Throwable reason = stopped.get();
          if (reason != null) {
            begun.abort(reason);
          }
        });
  }

  /** The connection had no room for a stream after all. */
  private void notOpened(Throwable why) {
    if (why instanceof NotProcessedException && retries < Retry.MAX_UNPROCESSED) {
      retries++;
      acquire();
    } else {
      failed(why);
    }
  }

  private void startTimers(EventLoop loop) {
    headTimer = timer(loop, headDeadline, "no response in time");
    wholeTimer = timer(loop, wholeDeadline, "response not complete in time");
  }

  private @Nullable Future<?> timer(EventLoop loop, long deadline, String what) {
    return deadline == FOR_EVER
        ? null
        : loop.schedule(
            () -> stop(new HttpTimeoutException(what + ": " + request.uri())),
            left(deadline),
            TimeUnit.NANOSECONDS);
  }

  private static void stop(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  /** There is no connection. */
  @Override
  public void failed(IOException why) {
    if (why.getCause() instanceof TunnelRefusedException refused) {
      onExecutor(() -> tunnelRefused(refused));
      return;
    }
    boolean isLate = Math.min(left(headDeadline), left(wholeDeadline)) == 0;
    IOException reason = Failures.ofAcquire(why, isLate);
    if (reason instanceof ConnectException) {
      onExecutor(() -> conversation.connectFailed(request.uri(), reason));
    }
    failed((Throwable) reason);
  }

  /** The proxy's answer is the user's, where that is a question that nobody can answer. */
  private void tunnelRefused(TunnelRefusedException refused) {
    ResponseHead answer = refused.response();
    if (answer.statusCode() != Authentication.PROXY_AUTHENTICATION_REQUIRED) {
      failed((Throwable) refused);
      return;
    }
    try {
      if (conversation.tunnelRefused(request, answer)) {
        attempt();
        return;
      }
      BodySubscriber<T> subscriber = handler.apply(answer);
      subscriber.onSubscribe(EmptyBody.SUBSCRIPTION);
      subscriber.onComplete();
      subscriber.getBody().whenComplete((value, why) -> bodyReady(answer, value, why));
    } catch (IOException | RuntimeException | Error e) { // the user's code
      failed(e);
    }
  }

  // ---- what the exchange tells, on its event loop

  /** The head of a response is there. */
  ResponseBody<T> responded(Exchange from, ResponseHead head) {
    stop(headTimer);
    return new ResponseBody<>(from, head, this);
  }

  /** It has failed before there was a response; its connection may have been stale. */
  void failed(Exchange from, Throwable why) {
    if (stopped.get() == null && from.retry(why, retries).isAllowed()) {
      stopTimers();
      retries++;
      acquire();
    } else {
      givenUp(why);
    }
  }

  /** It was given up from our side, before there was a response. */
  void givenUp(Throwable why) {
    stopTimers();
    failed(why);
  }

  private void stopTimers() {
    stop(headTimer);
    stop(wholeTimer);
  }

  /** The exchange is over, whether its body was wanted or not. */
  void over() {
    stop(wholeTimer);
    endIfDone();
  }

  /** The exchange is over that {@link #open} did not want the body of. */
  void goOn() {
    CheckedRequest following = next;
    next = null;
    if (following != null) {
      request = following;
      onExecutor(this::attempt);
    }
  }

  // ---- on the executor

  /**
   * Decides about a response.
   *
   * @return the user's subscriber for its body; null where another request follows
   */
  @Nullable BodySubscriber<T> open(ResponseHead head) throws IOException {
    CheckedRequest following = conversation.next(request, head);
    if (following != null) {
      previous = response(head, null);
      next = following;
      return null;
    }
    return Objects.requireNonNull(handler.apply(head), "responseBodyHandler must not return null");
  }

  /** The user's subscriber has made a body, or none. */
  void bodyReady(ResponseHead head, @Nullable T value, @Nullable Throwable why) {
    if (why != null) {
      failed(why instanceof CompletionException && why.getCause() != null ? why.getCause() : why);
      return;
    }
    future.complete(response(head, value));
    endIfDone();
  }

  // ---- the end

  /** It has failed for good; from any thread. */
  void failed(Throwable why) {
    if (future.isDone()) {
      endIfDone();
    } else {
      onExecutor(
          () -> {
            future.completeExceptionally(why);
            endIfDone();
          });
    }
  }

  private void endIfDone() {
    if (!future.isDone()) {
      return;
    }
    if (executor instanceof CallerExecutor caller) {
      caller.wake(); // the rest of the body may be for whoever waits
    }
    Exchange last = exchange;
    if (last == null || last.isOver()) {
      client.operations().ended(this);
    }
  }

  private Response<T> response(ResponseHead head, @Nullable T value) {
    Exchange from = exchange;
    return new Response<>(
        request,
        head,
        value,
        previous,
        from == null ? null : from.session(),
        from == null ? "" : from.label());
  }

  /** Gives it up, wherever it is. */
  @Override
  public void stop(Throwable why) {
    if (!stopped.compareAndSet(null, why)) {
      return;
    }
    Cancellable waiting = acquiring;
    if (waiting != null) {
      waiting.cancel();
    }
    Exchange current = exchange;
    if (current != null) {
      current.abort(why);
    }
    failed(why);
  }

  void cancel() {
    stop(new CancellationException("request was cancelled"));
  }

  private void onExecutor(Runnable step) {
    try {
      executor.execute(step);
    } catch (RejectedExecutionException e) {
      step.run();
    }
  }
}
