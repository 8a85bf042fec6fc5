package io.fourtuple.netty.http;

import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.time.Deadline;
import io.netty.channel.Channel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A {@link HttpClient} whose connections come from a {@link ConnectionPool}: spread over several
 * sources and all addresses of a host, on local ports with a budget, reused, and with waiting where
 * ports run out.
 *
 * <p>What is thrown is what users of {@code java.net.http} catch. Where the pool refuses a request,
 * or has nothing for it in time, its own exceptions are thrown, {@link IOException}s that carry the
 * numbers.
 *
 * <p>Thread-safe. Closes as clients do since JDK 21, on earlier JDKs too; whoever makes one closes
 * it.
 */
public final class PooledHttpClient extends HttpClient implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final ClientSettings settings;
  private final ConnectionPool<Channel> pool;
  private final @Nullable NettyConnector ownConnector; // null: the pool is shared
  private final @Nullable ExecutorService ownExecutor;
  private final ClientCore core;
  private final CompletableFuture<Void> closed;

  PooledHttpClient(
      ClientSettings settings,
      ConnectionPool<Channel> pool,
      @Nullable NettyConnector ownConnector) {
    this.settings = settings;
    this.pool = pool;
    this.ownConnector = ownConnector;
    Executor given = settings.executor();
    if (given == null) {
      ownExecutor = Executors.newCachedThreadPool(new DefaultThreadFactory("fourtuple-http", true));
      given = ownExecutor;
    } else {
      ownExecutor = null;
    }
    this.core = new ClientCore(settings, pool, given);
    this.closed = core.operations().terminated().thenCompose(nothing -> closeOwn());
  }

  /** Begins a client with the defaults, which are those of {@link HttpClient}. */
  public static PooledHttpClientBuilder newBuilder() {
    return new PooledHttpClientBuilder();
  }

  /** A client with all defaults, on the ports of this host. */
  public static PooledHttpClient newHttpClient() {
    return newBuilder().build();
  }

  /** The pool that its connections come from. */
  public ConnectionPool<Channel> pool() {
    return pool;
  }

  // ---- sending

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    if (pool.isEventLoop()) {
      throw new IllegalStateException(
          "a blocking send on an event loop would wait for itself; use sendAsync");
    }
    CallerExecutor caller =
        settings.executor() == null ? new CallerExecutor(core.executor()) : null;
    Call<T> call = newCall(request, handler, caller == null ? core.executor() : caller);
    CompletableFuture<HttpResponse<T>> future = call.future();
    call.start();
    try {
      if (caller != null) {
        caller.runUntilDone(future);
      }
      return future.get();
    } catch (InterruptedException e) {
      call.cancel();
      throw e;
    } catch (CancellationException e) {
      throw new IOException("request was cancelled", e);
    } catch (ExecutionException e) {
      Throwable why = e.getCause();
      if (why instanceof Error error) {
        throw error;
      }
      throw Failures.ofSend(why);
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    Call<T> call = newCall(request, handler, core.executor());
    call.start();
    return call.future();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Push is switched off: the handler is never called.
   */
  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushPromiseHandler) {
    return sendAsync(request, handler);
  }

  /** Begins a WebSocket, on a connection of the pool's. */
  @Override
  public PooledWebSocketBuilder newWebSocketBuilder() {
    return new PooledWebSocketBuilder(core);
  }

  private <T> Call<T> newCall(HttpRequest request, BodyHandler<T> handler, Executor executor) {
    Objects.requireNonNull(request, "request must not be null");
    Objects.requireNonNull(handler, "responseBodyHandler must not be null");
    return new Call<>(core, RequestCheck.check(request), handler, executor);
  }

  // ---- settings

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.ofNullable(settings.cookieHandler());
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.ofNullable(settings.connectTimeout());
  }

  @Override
  public Redirect followRedirects() {
    return settings.redirect();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.ofNullable(settings.proxySelector());
  }

  @Override
  public SSLContext sslContext() {
    return settings.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return TlsEngines.copy(settings.sslParameters());
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.ofNullable(settings.authenticator());
  }

  @Override
  public Version version() {
    return settings.version();
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.ofNullable(settings.executor());
  }

  // ---- closing, as since JDK 21

  /** Takes no further request; what is under way goes on. Returns at once. */
  public void shutdown() {
    core.operations().shutdown();
  }

  /** The same, and what is under way fails with an {@link IOException}. Returns at once. */
  public void shutdownNow() {
    core.operations().shutdownNow();
  }

  /** Whether it was shut down, nothing is under way, and its own connections are closed. */
  public boolean isTerminated() {
    return closed.isDone();
  }

  /**
   * Waits until it is terminated, for a bounded time.
   *
   * @return whether it is
   */
  public boolean awaitTermination(Duration duration) throws InterruptedException {
    Objects.requireNonNull(duration, "duration must not be null");
    try {
      closed.get(Deadline.after(0, duration).tick(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // over, though not as it should be: whoever closes has been told in the log
    }
  }

  /**
   * Takes no further request, and waits until what is under way has ended; where the thread is
   * interrupted, that is ended. Does not wait on an event loop, which would wait for itself.
   */
  @Override
  public void close() {
    shutdown();
    boolean isInterrupted = false;
    while (!isTerminated() && !pool.isEventLoop()) {
      try {
        awaitTermination(LONGEST_WAIT);
      } catch (InterruptedException e) {
        isInterrupted = true;
        shutdownNow();
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes what is its own, when nothing needs it any more. */
  private CompletableFuture<Void> closeOwn() {
    if (ownConnector == null) {
      end(ownExecutor);
      return CompletableFuture.completedFuture(null);
    }
    return pool.close(Duration.ZERO)
        .whenComplete(
            (nothing, why) -> {
              ownConnector.close();
              end(ownExecutor);
            });
  }

  private static void end(@Nullable ExecutorService executor) {
    if (executor != null) {
      executor.shutdown();
    }
  }
}
