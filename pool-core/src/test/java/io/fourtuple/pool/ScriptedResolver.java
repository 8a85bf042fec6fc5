package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A resolver whose every answer a test gives. */
final class ScriptedResolver implements EndpointResolver {
  static final Duration TTL = Duration.ofSeconds(20);

  /** Questions in order; those that nobody has answered yet are not done. */
  final List<CompletableFuture<Resolution>> questions = new ArrayList<>();

  @Override
  public CompletionStage<Resolution> resolve(String host, int port) {
    CompletableFuture<Resolution> answer = new CompletableFuture<>();
    questions.add(answer);
    return answer;
  }

  int asked() {
    return questions.size();
  }

  private CompletableFuture<Resolution> last() {
    return questions.get(questions.size() - 1);
  }

  /** Answers the last question. */
  void answer(Endpoint... endpoints) {
    answer(TTL, endpoints);
  }

  void answer(Duration ttl, Endpoint... endpoints) {
    last().complete(new Resolution(List.of(endpoints), ttl));
  }

  /** Answers the last question, as far as one address family goes. */
  void answerInPart(Endpoint... endpoints) {
    last().complete(new Resolution(List.of(endpoints), TTL, false));
  }

  void fail() {
    last().completeExceptionally(new UnknownHostException("who is that?"));
  }
}
