package io.fourtuple.netty.http;

import java.net.http.HttpClient;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A client, and what it speaks: the JDK's is the reference for ours. */
enum Setup {
  JDK_HTTP1(false, false, HttpClient.Version.HTTP_1_1),
  JDK_TLS_HTTP1(false, true, HttpClient.Version.HTTP_1_1),
  JDK_TLS_HTTP2(false, true, HttpClient.Version.HTTP_2),
  OURS_HTTP1(true, false, HttpClient.Version.HTTP_1_1),
  OURS_TLS_HTTP1(true, true, HttpClient.Version.HTTP_1_1),
  OURS_TLS_HTTP2(true, true, HttpClient.Version.HTTP_2);

  /** Generous: nothing waits so long unless it is broken. */
  static final long PATIENCE_SECONDS = 20;

  private final boolean isOurs;
  private final boolean isTls;
  private final HttpClient.Version version;

  Setup(boolean isOurs, boolean isTls, HttpClient.Version version) {
    this.isOurs = isOurs;
    this.isTls = isTls;
    this.version = version;
  }

  boolean isOurs() {
    return isOurs;
  }

  boolean isTls() {
    return isTls;
  }

  HttpClient.Version version() {
    return version;
  }

  boolean isHttp2() {
    return version == HttpClient.Version.HTTP_2;
  }

  String scheme() {
    return isTls ? "https" : "http";
  }

  HttpClient newClient() {
    return newClient(null);
  }

  HttpClient newClient(@Nullable Executor executor) {
    HttpClient.Builder builder = isOurs ? PooledHttpClient.newBuilder() : HttpClient.newBuilder();
    if (executor != null) {
      builder.executor(executor);
    }
    return builder.version(version).sslContext(TestTls.client()).build();
  }

  /** Ours is closed; the JDK's, which cannot be before JDK 21, is left to the collector. */
  static void close(HttpClient client) {
    if (client instanceof PooledHttpClient ours) {
      ours.shutdownNow();
      ours.close();
    }
  }

  static void await(Supplier<String> what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not in time: " + what.get());
      }
      LockSupport.parkNanos(500_000);
    }
  }
}
