package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.netty.http.PooledHttpClientBuilder;
import io.fourtuple.pool.PoolSnapshot;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortsExhaustedException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a framework must be able to do with the pool's client as with the JDK's. Runs in a private
 * network: see {@link JavaHttpClientsIT}.
 */
abstract class DropInContract {
  /** More than the 128 ports. */
  private static final int CALLERS = 200;

  private static final int REQUESTS = 500;

  /** For an answer that never comes. */
  private static final Duration HURRY = Duration.ofMillis(300);

  /** For a port that never comes: time enough to hear that there is none. */
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(2);

  /** For each test another, for ports to it rest when a test is over. */
  private static final AtomicInteger NEXT_PORT = new AtomicInteger(8_100);

  private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
  final Site site = new Site(NEXT_PORT.incrementAndGet());
  private final List<PooledHttpClient> clients = new ArrayList<>();
  private TwoSources sources;

  /**
   * Makes one.
   *
   * @param client what else were one of the JDK
   * @param timeout how long an answer may take
   */
  abstract Framework framework(HttpClient client, Duration timeout) throws Exception;

  /** What its users catch where there is no answer in time. */
  abstract Class<? extends Throwable> timeout();

  /** What its users catch where there is no connection. */
  abstract Class<? extends Throwable> refusal();

  void assertTimedOut(Throwable thrown) {
    assertThat(causes(thrown)).hasAtLeastOneElementOfType(HttpTimeoutException.class);
  }

  void assertRefused(Throwable thrown) {
    assertThat(causes(thrown))
        .hasAtLeastOneElementOfType(PortsExhaustedException.class)
        .anySatisfy(cause -> assertThat(cause).hasMessageContaining("established=64"));
  }

  @BeforeEach
  void pick() throws IOException {
    sources = TwoSources.picked(PortSelection.PINNED);
  }

  final PooledHttpClient client() {
    return client(TwoSources.PATIENCE);
  }

  private PooledHttpClient client(Duration acquireTimeout) {
    PooledHttpClient client =
        settings(PooledHttpClient.newBuilder().ports(sources.ports()))
            .acquireTimeout(acquireTimeout)
            .build();
    clients.add(client);
    return client;
  }

  /** As users of the framework set their client. */
  PooledHttpClientBuilder settings(PooledHttpClientBuilder client) {
    return client.followRedirects(HttpClient.Redirect.NORMAL);
  }

  @AfterEach
  void nothingIsLeftAndNobodyHasNoticed() throws Exception {
    site.answer();
    threads.shutdown();
    for (PooledHttpClient client : clients) {
      Await.until(
          "all is given back", () -> client.pool().snapshot().leases() == 0, sources::toString);
      PoolSnapshot last = client.pool().snapshot();
      assertThat(last.leased()).isZero();
      assertThat(last.waiting()).isZero();
      assertThat(last.counters().surfaced()).isZero();
      assertThat(last.counters().leaked()).isZero();
      client.close();
    }
    sources.agreeWithTheKernel();
    site.close();
    assertThat(threads.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void getsAndPostsAndFollowsRedirects() throws Exception {
    try (Framework framework = framework(client(), TwoSources.PATIENCE)) {
      assertThat(framework.get(site.uri(Site.KEPT))).isEqualTo(Site.HELLO);
      assertThat(framework.post(site.uri(Site.ECHO), "good day")).isEqualTo("good day");
      String much = "good day ".repeat(50_000);
      assertThat(framework.post(site.uri(Site.ECHO), much)).isEqualTo(much);
      assertThat(framework.get(site.uri(Site.MOVED))).isEqualTo(Site.HELLO);
      assertThat(framework.getLater(site.uri(Site.KEPT), threads).get(50, TimeUnit.SECONDS))
          .isEqualTo(Site.HELLO);
      assertMeasured(framework, 5);
    }
    assertThat(acquired()).isEqualTo(6); // one more for the redirect; so it was the pool's client
    assertThat(site.accepted()).isEqualTo(1);
  }

  @Test
  void readsWhileTheRestIsStillToCome() throws Exception {
    try (Framework framework = framework(client(), TwoSources.PATIENCE)) {
      byte[] large = site.large();
      try (InputStream content = framework.download(site.uri(Site.HALVES))) {
        byte[] first = content.readNBytes(Site.HALF / 2);
        assertThat(site.waiting()).isEqualTo(1);
        site.answer();
        byte[] rest = content.readAllBytes();
        assertThat(first).isEqualTo(Arrays.copyOf(large, first.length));
        assertThat(rest).isEqualTo(Arrays.copyOfRange(large, first.length, large.length));
      }
      assertMeasured(framework, 1);
    }
  }

  @Test
  void downloadsAreGivenUp() throws Exception {
    try (Framework framework = framework(client(), TwoSources.PATIENCE)) {
      InputStream content = framework.download(site.uri(Site.HALVES));
      assertThat(content.readNBytes(10)).hasSize(10);
      content.close();
      assertThat(framework.get(site.uri(Site.KEPT))).isEqualTo(Site.HELLO);
      site.answer(); // a gateway does not notice before
    }
  }

  @Test
  void answersThatDoNotComeInTimeAreTimeOuts() throws Exception {
    try (Framework framework = framework(client(), HURRY)) {
      Throwable thrown = catchThrowable(() -> framework.get(site.uri(Site.HELD)));
      assertThat(thrown).isInstanceOf(timeout());
      assertTimedOut(thrown);
      assertTimedOut(failureOf(framework.getLater(site.uri(Site.HELD), threads)));
      assertMeasured(framework, 2);
    }
  }

  @Test
  void refusalsCarryTheirNumbers() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> holders = holdAllPorts(client());
    try (Framework framework = framework(client(LONG_ENOUGH), TwoSources.PATIENCE)) {
      Throwable thrown = catchThrowable(() -> framework.get(site.uri(Site.KEPT)));
      assertThat(thrown).isInstanceOf(refusal());
      assertRefused(thrown);
      assertRefused(failureOf(framework.getLater(site.uri(Site.KEPT), threads)));
      assertMeasured(framework, 2);
    }
    site.answer();
    for (CompletableFuture<HttpResponse<String>> holder : holders) {
      assertThat(holder.get(50, TimeUnit.SECONDS).body()).isEqualTo(Site.HELLO);
    }
    try (Framework framework = framework(client(), TwoSources.PATIENCE)) {
      // The other client has them all, and gives one up.
      assertThat(framework.get(site.uri(Site.KEPT))).isEqualTo(Site.HELLO);
    }
  }

  private static Throwable failureOf(CompletableFuture<?> answer) {
    return catchThrowable(() -> answer.get(50, TimeUnit.SECONDS));
  }

  private List<CompletableFuture<HttpResponse<String>>> holdAllPorts(HttpClient holder) {
    HttpRequest request = HttpRequest.newBuilder(URI.create(site.uri(Site.HELD))).build();
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.generate(() -> holder.sendAsync(request, BodyHandlers.ofString()))
            .limit(TwoSources.PORTS)
            .toList();
    Await.until("all are held", () -> site.waiting() == TwoSources.PORTS, site::waiting);
    return answers;
  }

  @Test
  void manyCallersShareConnections() throws Exception {
    crowd(Site.KEPT);
    assertThat(site.accepted()).isLessThan(CALLERS);
  }

  @Test
  void manyCallersShareThePortsWhereTheServerCloses() throws Exception {
    crowd(Site.LAST);
    assertThat(site.accepted()).isGreaterThanOrEqualTo(REQUESTS);
  }

  private void crowd(String page) throws Exception {
    try (Framework framework = framework(client(), TwoSources.PATIENCE)) {
      List<CompletableFuture<String>> answers =
          IntStream.range(0, REQUESTS)
              .mapToObj(i -> framework.getLater(site.uri(page), threads))
              .toList();
      for (CompletableFuture<String> answer : answers) {
        assertThat(answer.get(50, TimeUnit.SECONDS)).isEqualTo(Site.HELLO);
      }
      assertMeasured(framework, REQUESTS);
    }
    assertThat(acquired()).isGreaterThanOrEqualTo(REQUESTS);
  }

  /** Leases that were given. */
  final long acquired() {
    return clients.stream()
        .mapToLong(client -> client.pool().snapshot().counters().acquired())
        .sum();
  }

  private static void assertMeasured(Framework framework, long requests) {
    if (framework.measured() >= 0) {
      Await.until(
          requests + " are measured", () -> framework.measured() == requests, framework::measured);
    }
  }

  static List<Throwable> causes(Throwable thrown) {
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause).toList();
  }
}
