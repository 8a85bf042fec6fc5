package io.fourtuple.examples.bench.http;

import org.asynchttpclient.AsyncCompletionHandler;
import org.asynchttpclient.AsyncHttpClient;
import org.asynchttpclient.Dsl;
import org.asynchttpclient.Request;
import org.asynchttpclient.Response;

/** AsyncHttpClient, without a limit of connections: at one it fails, or blocks the caller. */
final class AhcClient implements LoadedClient {
  private final AsyncHttpClient client =
      Dsl.asyncHttpClient(
          Dsl.config()
              .setIoThreadsCount(NettyLoops.THREADS)
              .setUseNativeTransport(true)
              .setUseOnlyEpollNativeTransport(true));

  private final Request request;

  AhcClient(Target target) {
    request = Dsl.get(target.uri().toString()).build();
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The answer hears of it.
  public void get(int lane, Answer answer) {
    client.executeRequest(
        request,
        new AsyncCompletionHandler<Boolean>() {
          @Override
          public Boolean onCompleted(Response response) {
            answer.body(response.getResponseBodyAsBytes());
            return true;
          }

          @Override
          public void onThrowable(Throwable why) {
            answer.failed(why);
          }
        });
  }
}
