package io.fourtuple.netty.http;

import io.fourtuple.netty.NettyConnector;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** An exchange without a network: whoever has it says what comes. */
final class ExchangeRig implements AutoCloseable {
  private final NettyConnector connector = NettyConnector.builder().build();
  private final ConnectionPool<Channel> pool = ConnectionPool.of(connector);
  private final Executor executor;

  ExchangeRig(Executor executor) {
    this.executor = executor;
  }

  /** One that waits for a response. */
  Exchange exchange(BodyHandler<?> handler) {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost/")).build();
    CheckedRequest checked = RequestCheck.check(request);
    RequestHead head =
        new RequestHead(checked, 0, RequestHead.Receiver.SERVER, List.of(), null, null, "test");
    Outgoing outgoing = new Outgoing(head, Destination.named("localhost", 80), null, null);
    ClientCore core = new ClientCore(settings(), pool, executor);
    Call<?> call = new Call<>(core, checked, handler, executor);
    return new Exchange(call, null, outgoing, new Embedded());
  }

  private static ClientSettings settings() {
    try {
      return new ClientSettings(
          null,
          null,
          HttpClient.Redirect.NEVER,
          null,
          null,
          HttpClient.Version.HTTP_1_1,
          null,
          SSLContext.getDefault(),
          new SSLParameters(),
          Duration.ZERO,
          null);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Takes a body of unknown length from its publisher. */
  static RequestBody requestBody(Exchange exchange, Executor executor) {
    return new RequestBody(
        exchange,
        new EmbeddedChannel(),
        BodyPublishers.fromPublisher(subscriber -> {}),
        -1,
        executor);
  }

  @Override
  public void close() {
    pool.close(Duration.ZERO).join();
    connector.close();
  }

  private static final class Embedded implements Carrier {
    private final EmbeddedChannel channel = new EmbeddedChannel();

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public boolean isReused() {
      return false;
    }

    @Override
    public void begin(Exchange exchange) {}

    @Override
    public void finished(Exchange exchange) {}

    @Override
    public void abort(Exchange exchange) {}
  }
}
