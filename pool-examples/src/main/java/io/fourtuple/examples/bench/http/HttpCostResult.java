package io.fourtuple.examples.bench.http;

import io.fourtuple.examples.bench.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What one client did with one body and concurrency, round by round. Not thread-safe. */
final class HttpCostResult {
  private final Body body;
  private final int concurrency;
  private final HttpEntrant entrant;
  private final List<HttpFigures> rounds = new ArrayList<>();

  HttpCostResult(Body body, int concurrency, HttpEntrant entrant) {
    this.body = body;
    this.concurrency = concurrency;
    this.entrant = entrant;
  }

  Body body() {
    return body;
  }

  int concurrency() {
    return concurrency;
  }

  HttpEntrant entrant() {
    return entrant;
  }

  void add(HttpFigures round) {
    rounds.add(round);
  }

  /** One figure of each round. */
  Samples each(ToDoubleFunction<HttpFigures> figure) {
    Samples samples = new Samples();
    rounds.forEach(round -> samples.add(figure.applyAsDouble(round)));
    return samples;
  }

  /** Processor time per request against that of {@code limit} in the same round. */
  Samples ratios(HttpCostResult limit) {
    Samples samples = new Samples();
    for (int i = 0; i < Math.min(rounds.size(), limit.rounds.size()); i++) {
      samples.add(rounds.get(i).cpuMicrosPerRequest() / limit.rounds.get(i).cpuMicrosPerRequest());
    }
    return samples;
  }

  long failures() {
    return rounds.stream().mapToLong(HttpFigures::failures).sum();
  }

  long connects() {
    return rounds.stream().mapToLong(HttpFigures::connects).sum();
  }
}
