package io.fourtuple.netty.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is slow holds up who is fast; and what subscriptions are asked for. */
@SuppressWarnings("FutureReturnValueIgnored") // what comes of it is asserted elsewhere
class BackpressureTest {
  private static final int PIECE = 64 << 10;

  /** Far more than all buffers on the way. */
  private static final int PIECES = 1_000;

  /** Of ours: the queue, one round of reads, and HTTP/2's window for a stream. */
  private static final long MOST_KEPT = 3 << 20;

  /** Of the kernel: what both sockets may grow to. */
  private static final long MOST_IN_KERNEL = 10 << 20;

  @AutoClose private final HttpRig rig = new HttpRig();

  /** Sends a piece whenever the one before is with the kernel. */
  private static void flood(WebServer.Incoming request, AtomicLong written, int pieces) {
    if (pieces == 0) {
      request.end();
      return;
    }
    request
        .chunk(new byte[PIECE])
        .addListener(
            done -> {
              if (done.isSuccess()) {
                written.addAndGet(PIECE);
                flood(request, written, pieces - 1);
              }
            });
  }

  private record Flood(
      HttpClient client,
      TestSubscriber subscriber,
      AtomicLong written,
      CompletableFuture<HttpResponse<TestSubscriber>> future) {}

  private Flood flood(Setup setup, int pieces, long first) throws Exception {
    AtomicLong written = new AtomicLong();
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              flood(request, written, pieces);
            });
    HttpClient client = rig.client(setup);
    TestSubscriber subscriber = new TestSubscriber(first);
    return new Flood(
        client,
        subscriber,
        written,
        client.sendAsync(
            HttpRig.get(server.uri("/")),
            head -> BodySubscribers.fromSubscriber(subscriber, given -> given)));
  }

  /** Waits until no more is written. */
  private static long settled(AtomicLong count) {
    long[] last = {-1, 0};
    Setup.await(
        () -> "the writer stops, was at " + count,
        () -> {
          long now = count.get();
          last[1] = now == last[0] ? last[1] + 1 : 0;
          last[0] = now;
          return last[1] > 400;
        });
    return last[0];
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void aSubscriberThatAsksForNothingHoldsUpTheServer(Setup setup) throws Exception {
    Flood flood = flood(setup, PIECES, 0);
    flood.subscriber().subscription();
    assertThat(settled(flood.written())).isLessThan(MOST_KEPT + MOST_IN_KERNEL);
    assertThat(flood.subscriber().itemsAtHand()).isZero();
    flood.subscriber().request(Long.MAX_VALUE);
    flood.subscriber().awaitComplete();
    assertThat(flood.subscriber().bytes()).isEqualTo((long) PIECES * PIECE);
    HttpRig.assertAtRest(flood.client());
  }

  @ParameterizedTest
  @EnumSource
  void everyItemMustBeAskedFor(Setup setup) throws Exception {
    Flood flood = flood(setup, 100, 0);
    flood.subscriber().subscription();
    int items = 0;
    while (flood.subscriber().bytes() < 100L * PIECE) {
      flood.subscriber().request(1);
      flood.subscriber().next();
      items++;
      assertThat(flood.subscriber().itemsAtHand()).isZero();
    }
    assertThat(items).isPositive();
    if (!setup.isOurs()) {
      flood.subscriber().request(1); // the JDK's may have an empty item to come
    }
    flood.subscriber().awaitComplete();
    HttpRig.assertAtRest(flood.client());
  }

  @ParameterizedTest
  @EnumSource
  void itemsMayBeAskedForWithinOnNext(Setup setup) throws Exception {
    AtomicInteger depth = new AtomicInteger();
    AtomicInteger deepest = new AtomicInteger();
    TestSubscriber subscriber =
        new TestSubscriber(1) {
          @Override
          public void onNext(List<ByteBuffer> item) {
            deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
            super.onNext(item);
            try {
              request(1);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
            depth.decrementAndGet();
          }
        };
    AtomicLong written = new AtomicLong();
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              flood(request, written, 100);
            });
    HttpClient client = rig.client(setup);
    HttpRig.await(
        client.sendAsync(
            HttpRig.get(server.uri("/")), head -> BodySubscribers.fromSubscriber(subscriber)));
    assertThat(subscriber.bytes()).isEqualTo(100L * PIECE);
    assertThat(deepest).hasValue(1); // one thread at a time, and no recursion: 1.3, 3.3
    HttpRig.assertAtRest(client);
  }

  @ParameterizedTest
  @EnumSource
  void toAskForNothingIsAnError(Setup setup) throws Exception {
    Flood flood = flood(setup, PIECES, 0);
    flood.subscriber().request(0);
    assertThat(flood.subscriber().awaitError()).isInstanceOf(IllegalArgumentException.class);
    assertThat(HttpRig.failure(flood.future())).isInstanceOf(IllegalArgumentException.class);
    HttpRig.assertAtRest(flood.client());
  }

  /** Its connection is back already. */
  @ParameterizedTest
  @EnumSource
  void toAskForNothingIsAnErrorOfABodyThatIsThereToo(Setup setup) throws Exception {
    Flood flood = flood(setup, 1, 0);
    flood.subscriber().subscription();
    HttpRig.assertAtRest(flood.client());
    flood.subscriber().request(-1);
    assertThat(flood.subscriber().awaitError()).isInstanceOf(IllegalArgumentException.class);
    assertThat(HttpRig.failure(flood.future())).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "OURS.*")
  void aCancelledSubscriptionGivesTheConnectionUp(Setup setup) throws Exception {
    Flood flood = flood(setup, PIECES, 1);
    flood.subscriber().next();
    flood.subscriber().subscription().cancel();
    flood.subscriber().subscription().cancel(); // harmless
    flood.subscriber().request(1); // and so is this
    HttpRig.assertAtRest(flood.client());
    assertThat(flood.subscriber().isEnded()).isFalse();
    assertThat(flood.subscriber().itemsAtHand()).isZero();
    if (flood.client() instanceof PooledHttpClient ours) {
      assertThat(ours.pool().snapshot().idle())
          .isEqualTo(setup.isHttp2() ? 1 : 0); // of HTTP/2 only the stream is reset
      HttpRig.assertWorks(ours);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoClosesAStreamEarlyGivesTheConnectionUp(Setup setup) throws Exception {
    AtomicLong written = new AtomicLong();
    WebServer server =
        rig.server(
            setup,
            request -> {
              request.head(200);
              flood(request, written, PIECES);
            });
    HttpClient client = rig.client(setup);
    var response = client.send(HttpRig.get(server.uri("/")), BodyHandlers.ofInputStream());
    assertThat(response.body().read()).isZero();
    response.body().close();
    HttpRig.assertAtRest(client);
  }

  /** A server that does not read stops a publisher after what the kernel takes. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = "(JDK|OURS)_HTTP1|OURS_TLS_HTTP1")
  void aSlowServerHoldsUpThePublisher(Setup setup) throws Exception {
    ScriptedServer server = rig.scripted(setup);
    AtomicLong requested = new AtomicLong();
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    HttpClient client = rig.client(setup);
    HttpRequest request =
        HttpRequest.newBuilder(server.uri("/"))
            .POST(BodyPublishers.fromPublisher(endless(requested, cancelled)))
            .build();
    var future = client.sendAsync(request, BodyHandlers.discarding());
    server.next().readHead();
    Setup.await(() -> "a first request", () -> requested.get() > 0);
    assertThat(settled(requested)).isLessThan(2 * MOST_IN_KERNEL / PIECE);
    future.cancel(true);
    HttpRig.await(cancelled);
    HttpRig.assertAtRest(client);
  }

  private static Flow.Publisher<ByteBuffer> endless(
      AtomicLong requested, CompletableFuture<Void> cancelled) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long items) {
                requested.addAndGet(items);
                CompletableFuture.runAsync(
                    () -> {
                      for (long i = 0; i < items; i++) {
                        subscriber.onNext(ByteBuffer.allocate(PIECE));
                      }
                    });
              }

              @Override
              public void cancel() {
                cancelled.complete(null);
              }
            });
  }
}
