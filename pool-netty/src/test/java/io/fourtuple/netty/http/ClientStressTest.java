package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.HostPorts;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything at once, at random; at rest nothing is left. */
@SuppressWarnings({
  "FutureReturnValueIgnored",
  "InputStreamSlowMultibyteRead"
}) // what comes of it is asserted elsewhere
class ClientStressTest {
  private static final int THREADS = 8;
  private static final int EACH = 60;

  @AutoClose private final HttpRig rig = new HttpRig();
  private final AtomicInteger completions = new AtomicInteger();
  private final AtomicInteger successes = new AtomicInteger();

  /** What a server does that misbehaves: by the path, so that a seed decides. */
  private static void answer(WebServer.Incoming request) {
    switch (Integer.parseInt(request.path().substring(1)) % 10) {
      case 0 -> request.channel().close();
      case 1 -> {
        request.head(200);
        request.chunk(new byte[1_000]).addListener(done -> request.channel().close());
      }
      case 2 -> {
        // silent
      }
      case 3 -> request.reply(200, new byte[300_000]);
      case 4 -> request.reply(503, new byte[10], "connection", "close");
      case 5 -> {
        request.head(200);
        for (int i = 0; i < 20; i++) {
          request.chunk(new byte[i * 100]);
        }
        request.end();
      }
      default -> request.reply(200, request.body());
    }
  }

  /** Fewer ports than callers, so that some wait. */
  private static HostPorts fewPorts(SplittableRandom random) {
    int first = random.nextInt(21_000, 30_000); // those below are OnePort's
    return HostPorts.builder()
        .sources("127.0.0.1")
        .selection(PortSelection.OWNED)
        .ports(new PortRange(first, first + 5))
        .build();
  }

  @ParameterizedTest
  @CsvSource({"OURS_HTTP1, 1", "OURS_HTTP1, 2", "OURS_TLS_HTTP1, 3", "OURS_TLS_HTTP2, 4"})
  void nothingIsLeft(Setup setup, long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    HostPorts ports = fewPorts(new SplittableRandom());
    WebServer server = rig.server(setup, ClientStressTest::answer);
    PooledHttpClient client =
        rig.client(
            builder ->
                builder
                    .version(setup.version())
                    .ports(ports)
                    .responseTimeout(Duration.ofSeconds(5)));
    Phaser over = new Phaser(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      SplittableRandom own = random.split();
      Thread thread =
          new Thread(
              () -> {
                for (int j = 0; j < EACH; j++) {
                  one(client, server, own, over);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    over.arriveAndAwaitAdvance();
    assertThat(completions).hasValue(THREADS * EACH);
    assertThat(successes).hasPositiveValue();
    HttpRig.assertAtRest(client);
    client.shutdown();
    assertThat(client.awaitTermination(Duration.ofSeconds(Setup.PATIENCE_SECONDS))).isTrue();
    Setup.await(
        () -> "no port in use, was " + ports.ledger().census(),
        () ->
            ports.ledger().census().stream()
                .filter(census -> isOf(census.route().endpoint().port(), server))
                .allMatch(
                    census ->
                        census.reserved()
                                + census.connecting()
                                + census.established()
                                + census.closing()
                            == 0));
  }

  private static boolean isOf(int port, WebServer server) {
    return port == server.uri("/").getPort();
  }

  private void one(
      PooledHttpClient client, WebServer server, SplittableRandom random, Phaser over) {
    URI uri = server.uri("/" + random.nextInt(1_000));
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri).timeout(Duration.ofMillis(random.nextInt(50, 1_500)));
    switch (random.nextInt(4)) {
      case 0 -> builder.POST(BodyPublishers.ofByteArray(new byte[random.nextInt(100_000)]));
      case 1 ->
          builder.PUT(
              BodyPublishers.fromPublisher(
                  BodyPublishers.ofByteArray(new byte[random.nextInt(100_000)])));
      case 2 -> builder.POST(BodyPublishers.ofInputStream(() -> new FailingStream(uri)));
      default -> builder.GET();
    }
    over.register();
    CompletableFuture<?> future = send(client, builder.build(), random.nextInt(7));
    AtomicInteger once = new AtomicInteger();
    future.whenComplete(
        (value, why) -> {
          completions.addAndGet(once.incrementAndGet() == 1 ? 1 : 1_000_000);
          if (why == null) {
            successes.incrementAndGet();
          }
          over.arriveAndDeregister();
        });
    if (random.nextInt(4) == 0) {
      future.cancel(true);
    } else if (random.nextInt(3) > 0) {
      future.handle((value, why) -> null).join();
    }
  }

  private static CompletableFuture<?> send(
      PooledHttpClient client, HttpRequest request, int behaviour) {
    return switch (behaviour) {
      case 0 -> client.sendAsync(request, BodyHandlers.ofString());
      case 1 ->
          client
              .sendAsync(request, BodyHandlers.ofInputStream())
              .thenApply(response -> readSome(response.body()));
      case 2 ->
          client.sendAsync(
              request,
              head -> {
                throw new IllegalStateException("the user's fault");
              });
      case 3 ->
          client.sendAsync(
              request,
              head -> BodySubscribers.fromSubscriber(new Canceller(), subscriber -> "cancelled"));
      case 4 ->
          client.sendAsync(
              request,
              head ->
                  BodySubscribers.mapping(
                      BodySubscribers.ofInputStream(), ClientStressTest::readSome));
      case 5 ->
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return client.send(request, BodyHandlers.ofByteArray());
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      default -> client.sendAsync(request, BodyHandlers.discarding());
    };
  }

  /** Reads a little, and closes. */
  private static int readSome(InputStream stream) {
    try (stream) {
      return stream.readNBytes(5_000).length;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has had enough after the first item; what it makes is there at once. */
  private static final class Canceller extends TestSubscriber {
    @Override
    public void onSubscribe(java.util.concurrent.Flow.Subscription subscription) {
      subscription.request(1);
      super.onSubscribe(subscription);
    }

    @Override
    public void onNext(List<java.nio.ByteBuffer> item) {
      throw new IllegalStateException("the user's fault");
    }
  }

  /** Has a few bytes, or a fault. */
  private static final class FailingStream extends InputStream {
    private final boolean fails;
    private int left = 20_000;

    FailingStream(URI uri) {
      fails = uri.getPath().endsWith("7");
    }

    @Override
    public int read() throws IOException {
      if (fails && left < 10_000) {
        throw new IOException("disk on fire");
      }
      return left-- > 0 ? 1 : -1;
    }
  }
}
