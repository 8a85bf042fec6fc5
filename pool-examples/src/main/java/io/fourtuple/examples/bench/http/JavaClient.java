package io.fourtuple.examples.bench.http;

import io.fourtuple.netty.Transport;
import io.fourtuple.netty.http.PooledHttpClient;
import io.fourtuple.netty.http.PooledHttpClientBuilder;
import io.netty.channel.EventLoopGroup;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** A {@link HttpClient}: this library's, or the JDK's. */
final class JavaClient implements LoadedClient {
  private final HttpClient client;
  private final HttpRequest request;

  private JavaClient(Target target, HttpClient client) {
    this.client = client;
    request = HttpRequest.newBuilder(target.uri()).build();
  }

  /** The JDK's. */
  static JavaClient jdk(Target target) {
    return new JavaClient(
        target, HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
  }

  /** This library's, with callbacks on the event loops as other clients on Netty have them. */
  static JavaClient direct(Target target) {
    return new JavaClient(target, fourtuple(target).executor(Runnable::run).build());
  }

  /** This library's, with an executor of its own. */
  static JavaClient standard(Target target) {
    return new JavaClient(target, fourtuple(target).build());
  }

  private static PooledHttpClientBuilder fourtuple(Target target) {
    EventLoopGroup group = NettyLoops.begin();
    return PooledHttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connector(connector -> connector.eventLoopGroup(group).transport(Transport.EPOLL))
        .pooling(pool -> pool.maxIdlePerDestination(target.concurrency()));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // The answer hears of it.
  public void get(int lane, Answer answer) {
    client
        .sendAsync(request, BodyHandlers.ofByteArray())
        .whenComplete(
            (response, why) -> {
              if (why != null) {
                answer.failed(why);
              } else {
                answer.body(response.body());
              }
            });
  }

  /** The same, with {@code send}. */
  LoadedClient blocking() {
    return new BlockingClient(() -> client.send(request, BodyHandlers.ofByteArray()).body());
  }
}
