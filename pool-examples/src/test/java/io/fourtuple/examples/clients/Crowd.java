package io.fourtuple.examples.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Callers of one client, which keeps its connections for later. */
final class Crowd {
  /** More than there are ports. */
  static final int CALLERS = 200;

  private static final int FEW = 20;
  private static final int REQUESTS_EACH = 50;

  private final TwoSources sources;
  private final HoldingServer server;
  private final Supplier<CompletableFuture<String>> request;

  Crowd(TwoSources sources, HoldingServer server, Supplier<CompletableFuture<String>> request) {
    this.sources = sources;
    this.server = server;
    this.request = request;
  }

  /** As many as there are ports are served; the others wait until ports are free, none fails. */
  void waitsForPorts() throws Exception {
    server.hold();
    List<CompletableFuture<String>> answers = Stream.generate(request).limit(CALLERS).toList();
    awaitWaiting(CALLERS - TwoSources.PORTS);
    assertThat(sources.established()).isEqualTo(TwoSources.PORTS);
    assertThat(answers).noneMatch(CompletableFuture::isDone);

    server.answer();
    Await.until("the first are served", () -> done(answers) == TwoSources.PORTS, this::progress);
    // Their pool does not give them what idles now: they wait for connects that it has begun.
    assertThat(sources.handler.waiting()).isEqualTo(CALLERS - TwoSources.PORTS);
    server.closeIdle();
    assertAnswered(answers);
    assertThat(server.accepted()).isEqualTo(CALLERS);
  }

  /** Likewise, where they wait in their pool. */
  void waitsForConnections() throws Exception {
    server.hold();
    List<CompletableFuture<String>> answers = Stream.generate(request).limit(CALLERS).toList();
    awaitWaiting(0);
    server.answer();
    assertAnswered(answers);
    assertThat(server.accepted()).isEqualTo(TwoSources.PORTS);
  }

  private void awaitWaiting(int count) {
    Await.until(
        count + " wait for ports",
        () -> sources.handler.waiting() == count && server.waiting() == TwoSources.PORTS,
        this::progress);
  }

  private static int done(List<CompletableFuture<String>> answers) {
    return (int) answers.stream().filter(CompletableFuture::isDone).count();
  }

  private String progress() {
    return sources + ", " + server.waiting() + " of " + server.accepted() + " wait for answers";
  }

  /** Few callers make many requests, on the connections that are there. */
  void usesConnectionsAgain() throws Exception {
    int before = server.accepted();
    assertAnswered(
        IntStream.range(0, FEW)
            .mapToObj(
                caller -> {
                  CompletableFuture<String> last = request.get();
                  for (int i = 1; i < REQUESTS_EACH; i++) {
                    last = last.thenCompose(answer -> request.get());
                  }
                  return last;
                })
            .toList());
    assertThat(server.accepted()).isEqualTo(before);
  }

  private static void assertAnswered(List<CompletableFuture<String>> answers) throws Exception {
    for (CompletableFuture<String> answer : answers) {
      assertThat(answer.get(50, TimeUnit.SECONDS)).isEqualTo(HoldingServer.ANSWER);
    }
  }
}
