package io.fourtuple.examples.bench.http;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** OkHttp: a thread for each request that is under way. */
final class OkClient implements LoadedClient {
  private final OkHttpClient client;
  private final Request request;

  OkClient(Target target) {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(target.concurrency());
    dispatcher.setMaxRequestsPerHost(target.concurrency());
    client =
        new OkHttpClient.Builder()
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(target.concurrency(), 5, TimeUnit.MINUTES))
            .build();
    request = new Request.Builder().url(target.uri().toString()).build();
  }

  @Override
  public void get(int lane, Answer answer) {
    client
        .newCall(request)
        .enqueue(
            new Callback() {
              @Override
              public void onResponse(Call call, Response response) {
                byte[] body;
                try (response) {
                  body = response.body().bytes();
                } catch (IOException e) {
                  answer.failed(e);
                  return;
                }
                answer.body(body);
              }

              @Override
              public void onFailure(Call call, IOException why) {
                answer.failed(why);
              }
            });
  }

  /** The same, with {@code execute}. */
  LoadedClient blocking() {
    return new BlockingClient(this::execute);
  }

  private byte[] execute() throws IOException {
    try (Response response = client.newCall(request).execute()) {
      return response.body().bytes();
    }
  }
}
