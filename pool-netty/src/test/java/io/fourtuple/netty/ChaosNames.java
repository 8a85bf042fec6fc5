package io.fourtuple.netty;

import io.fourtuple.pool.EndpointResolver;
import io.fourtuple.port.Endpoint;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Knows one name, and changes its mind about it every second at most. Thread-safe. */
final class ChaosNames implements EndpointResolver {
  private static final Duration TTL = Duration.ofSeconds(1);

  private final List<Endpoint> all;
  private volatile List<Endpoint> answer;
  private volatile boolean fails;

  ChaosNames(List<Endpoint> all) {
    this.all = all;
    this.answer = all;
  }

  /** All but one, or all. */
  void change(int part) {
    answer =
        part >= all.size()
            ? all
            : all.stream().filter(each -> !each.equals(all.get(part))).toList();
  }

  void fail() {
    fails = true;
  }

  void recover() {
    fails = false;
  }

  @Override
  public CompletionStage<Resolution> resolve(String host, int port) {
    return fails
        ? CompletableFuture.failedFuture(new UnknownHostException(host))
        : CompletableFuture.completedFuture(new Resolution(answer, TTL));
  }
}
