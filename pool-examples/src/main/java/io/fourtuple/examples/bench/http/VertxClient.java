package io.fourtuple.examples.bench.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/** Vert.x. */
final class VertxClient implements LoadedClient {
  private final HttpClient client;
  private final RequestOptions request;

  VertxClient(Target target) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(NettyLoops.THREADS)
                .setPreferNativeTransport(true));
    client =
        vertx.createHttpClient(
            new PoolOptions()
                .setHttp1MaxSize(target.concurrency())
                .setEventLoopSize(NettyLoops.THREADS));
    request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(Target.HOST)
            .setPort(target.port())
            .setURI(target.uri().getPath());
  }

  @Override
  public void get(int lane, Answer answer) {
    client
        .request(request)
        .compose(HttpClientRequest::send)
        .compose(HttpClientResponse::body)
        .onComplete(body -> answer.body(body.getBytes()), answer::failed);
  }
}
