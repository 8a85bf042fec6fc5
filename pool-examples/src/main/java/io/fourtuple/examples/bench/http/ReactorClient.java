package io.fourtuple.examples.bench.http;

import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** reactor-netty. */
final class ReactorClient implements LoadedClient {
  private final Mono<byte[]> exchange;

  ReactorClient(Target target) {
    exchange =
        HttpClient.create(ConnectionProvider.create("load", target.concurrency()))
            .runOn(LoopResources.create("load", NettyLoops.THREADS, true))
            .get()
            .uri(target.uri())
            .responseSingle((response, body) -> body.asByteArray());
  }

  @Override
  public void get(int lane, Answer answer) {
    var unused = exchange.subscribe(answer::body, answer::failed);
  }
}
