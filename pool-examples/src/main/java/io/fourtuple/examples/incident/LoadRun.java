package io.fourtuple.examples.incident;

import io.fourtuple.host.HostPorts;
import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Many callers at the same time, and few local ports. */
final class LoadRun {
  /** No request needs that long; it is against waiting for ever. */
  private static final Duration GUARD = Duration.ofSeconds(60);

  private static final ByteBuffer REQUEST =
      ByteBuffer.wrap(
              "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
          .asReadOnlyBuffer();

  private final LoadOptions options;
  private final Endpoint server;
  private final PortsInUse ports;
  private final Progress progress;
  private final LatencyHistogram latencies = new LatencyHistogram();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

  LoadRun(LoadOptions options, Endpoint server, Progress progress) {
    this.options = options;
    this.server = server;
    this.progress = progress;
    this.ports = new PortsInUse(options.range(), List.of(server));
  }

  LatencyHistogram latencies() {
    return latencies;
  }

  /** Each caller has a connection of its own, which it holds as long as all others do. */
  LoadOutcome plain() throws IOException {
    long start = System.nanoTime();
    List<SocketChannel> held = new ArrayList<>();
    try (PeakWatch watch = new PeakWatch(ports, now -> tell("one connection per caller", now))) {
      for (int i = 0; i < options.callers(); i++) {
        try {
          SocketChannel channel = SocketChannel.open();
          held.add(channel);
          channel.connect(server.toSocketAddress());
          ask(channel);
          served.incrementAndGet();
        } catch (IOException e) {
          fail(e);
          held.remove(held.size() - 1).close();
        }
      }
      watch.look();
      return outcome("one connection per caller", watch, start);
    } finally {
      for (SocketChannel channel : held) {
        channel.close();
      }
    }
  }

  private static void ask(SocketChannel channel) throws IOException {
    channel.write(REQUEST.duplicate());
    if (channel.read(ByteBuffer.allocate(1_024)) <= 0) {
      throw new IOException("no answer");
    }
  }

  /** All callers share a pool. */
  LoadOutcome pooled() throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + server.address().getHostAddress() + ":" + server.port()))
            .build();
    try (PooledHttpClient client =
        PooledHttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_1_1)
            .ports(HostPorts.builder().headRoom(0).build())
            .acquireTimeout(GUARD)
            .pooling(pool -> pool.maxWaiters(options.callers()))
            .build()) {
      long start = System.nanoTime();
      String way =
          "a pool, " + (virtualThreads() == null ? "sendAsync" : "send on virtual threads");
      try (PeakWatch watch = new PeakWatch(ports, now -> tell(way, now))) {
        callAll(client, request);
        watch.look();
        return outcome(way, watch, start);
      }
    }
  }

  private void callAll(PooledHttpClient client, HttpRequest request) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(options.callers());
    Executor threads = virtualThreads();
    for (int i = 0; i < options.callers(); i++) {
      if (threads == null) {
        next(client, request, options.requests(), over);
      } else {
        threads.execute(() -> sendAll(client, request, over));
      }
    }
    while (!over.await(GUARD.toSeconds(), TimeUnit.SECONDS)) {
      progress.line("still waiting for " + over.getCount());
    }
  }

  /** Where this JDK has them; null where it has not. */
  private static @Nullable Executor virtualThreads() {
    try {
      return (Executor) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (ReflectiveOperationException none) {
      return null;
    }
  }

  private void sendAll(PooledHttpClient client, HttpRequest request, CountDownLatch over) {
    try {
      for (int i = 0; i < options.requests(); i++) {
        long start = System.nanoTime();
        check(client.send(request, BodyHandlers.ofByteArray()));
        latencies.add(System.nanoTime() - start);
      }
      served.incrementAndGet();
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.countDown();
    }
  }

  private static void check(HttpResponse<byte[]> response) throws IOException {
    if (response.statusCode() != 200) {
      throw new IOException("status " + response.statusCode());
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the latch tells
  private void next(PooledHttpClient client, HttpRequest request, int left, CountDownLatch over) {
    long start = System.nanoTime();
    client
        .sendAsync(request, BodyHandlers.ofByteArray())
        .whenComplete(
            (response, why) -> {
              if (why != null || response.statusCode() != 200) {
                fail(why != null ? why : new IOException("status " + response.statusCode()));
                over.countDown();
                return;
              }
              latencies.add(System.nanoTime() - start);
              if (left > 1) {
                next(client, request, left - 1, over);
              } else {
                served.incrementAndGet();
                over.countDown();
              }
            });
  }

  private void fail(Throwable why) {
    failed.incrementAndGet();
    Throwable reason =
        why instanceof CompletionException && why.getCause() != null ? why.getCause() : why;
    firstFailure.compareAndSet(
        null, reason.getClass().getSimpleName() + ": " + reason.getMessage());
  }

  private void tell(String way, int inUse) {
    progress.now(
        String.format(
            "  %s: %,d of %,d callers served, %,d failed, %,d of %,d ports in use",
            way, served.get(), options.callers(), failed.get(), inUse, options.ports()));
  }

  private LoadOutcome outcome(String way, PeakWatch watch, long start) {
    return new LoadOutcome(
        way,
        options.callers(),
        served.get(),
        Objects.requireNonNullElse(firstFailure.get(), ""),
        watch.peak(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }
}
