package io.fourtuple.examples.bench.http;

import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.reactor.IOReactorConfig;

/** Apache HttpClient 5, asynchronous. */
final class ApacheClient implements LoadedClient {
  private final CloseableHttpAsyncClient client;
  private final SimpleHttpRequest request;

  ApacheClient(Target target) {
    request = SimpleRequestBuilder.get(target.uri()).build();
    client =
        HttpAsyncClients.custom()
            .setIOReactorConfig(
                IOReactorConfig.custom().setIoThreadCount(NettyLoops.THREADS).build())
            .setConnectionManager(
                PoolingAsyncClientConnectionManagerBuilder.create()
                    .setMaxConnTotal(target.concurrency())
                    .setMaxConnPerRoute(target.concurrency())
                    .build())
            .build();
    client.start();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The answer hears of it.
  public void get(int lane, Answer answer) {
    client.execute(
        request,
        new FutureCallback<>() {
          @Override
          public void completed(SimpleHttpResponse response) {
            answer.body(response.getBodyBytes());
          }

          @Override
          public void failed(Exception why) {
            answer.failed(why);
          }

          @Override
          public void cancelled() {
            answer.failed(new IllegalStateException("cancelled"));
          }
        });
  }
}
