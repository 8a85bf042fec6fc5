package io.fourtuple.examples.incident;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Some threads that send requests, as users of a blocking client do, to one server. */
final class HttpRun {
  static final int REQUESTS = 10_000;

  /** At a time: half as many as there are ports. */
  static final int CALLERS = 32;

  /** No request needs that long; it is against waiting for ever. */
  private static final Duration GUARD = Duration.ofSeconds(60);

  private static final int OK = 200;
  private static final String NONE = "";

  private final HttpCase server;
  private final HttpSide side;
  private final Progress progress;
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger succeeded = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

  HttpRun(HttpCase server, HttpSide side, Progress progress) {
    this.server = server;
    this.side = side;
    this.progress = progress;
  }

  HttpOutcome run() throws IOException, InterruptedException {
    try (BackEnds backEnds =
        new BackEnds(List.of(server.serverPort()), server.closing(), FirstAnswers.notHeld())) {
      KernelSetting.ephemeralRange(server.ephemeral());
      PortsInUse ports = new PortsInUse(side.range(server), backEnds.endpoints());
      try (PeakWatch watch = new PeakWatch(ports, this::tell)) {
        long start = System.nanoTime();
        HttpClient client = side.client(server);
        try {
          sendAll(client, request(backEnds.endpoints().get(0)));
        } finally {
          HttpSide.end(client);
        }
        long nanos = System.nanoTime() - start;
        watch.look();
        return new HttpOutcome(
            server,
            side,
            asked.get(),
            succeeded.get(),
            failed.get(),
            Objects.requireNonNullElse(firstFailure.get(), NONE),
            backEnds.accepted(),
            watch.peak(),
            TimeUnit.NANOSECONDS.toMillis(nanos));
      }
    }
  }

  private void tell(int ports) {
    progress.now(
        String.format(
            "  %s, %s: %,d answered, %,d failed, %d ports in use",
            server.label(), side.label(), succeeded.get(), failed.get(), ports));
  }

  private static HttpRequest request(Endpoint endpoint) {
    URI uri =
        URI.create("http://" + endpoint.address().getHostAddress() + ":" + endpoint.port() + "/");
    return HttpRequest.newBuilder(uri).timeout(GUARD).build();
  }

  private void sendAll(HttpClient client, HttpRequest request) throws InterruptedException {
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    for (int i = 0; i < CALLERS; i++) {
      callers.execute(() -> sendSome(client, request));
    }
    callers.shutdown();
    while (!callers.awaitTermination(GUARD.toSeconds(), TimeUnit.SECONDS)) {
      progress.line("still waiting");
    }
  }

  private void sendSome(HttpClient client, HttpRequest request) {
    while (asked.getAndUpdate(count -> Math.min(count + 1, REQUESTS)) < REQUESTS) {
      try {
        HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() == OK) {
          succeeded.incrementAndGet();
        } else {
          fail("status " + response.statusCode());
        }
      } catch (IOException e) {
        fail(said(e));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail("interrupted");
        return;
      }
    }
  }

  private void fail(String what) {
    failed.incrementAndGet();
    firstFailure.compareAndSet(null, what);
  }

  /** Its class, and the first message among it and its causes: the JDK's first has none. */
  private static String said(Throwable error) {
    String name = error.getClass().getSimpleName();
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause.getMessage() != null) {
        return name + ": " + cause.getMessage();
      }
    }
    return name;
  }
}
