package io.fourtuple.examples.incident;

import io.fourtuple.examples.command.ChannelLoop;
import io.fourtuple.port.Endpoint;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Some HTTP/1.1 servers on 127.0.0.1. */
final class BackEnds implements AutoCloseable {
  private static final String ADDRESS = "127.0.0.1";

  private final ChannelLoop loop = new ChannelLoop();
  private final AtomicInteger accepted = new AtomicInteger();
  private final List<Endpoint> endpoints;

  /**
   * Starts them.
   *
   * @throws io.netty.channel.ChannelException or the like, where a port is taken
   */
  BackEnds(List<Integer> ports, Closing closing, FirstAnswers firstAnswers) {
    endpoints = ports.stream().map(port -> Endpoint.of(ADDRESS, port)).toList();
    try {
      for (Endpoint endpoint : endpoints) {
        loop.listen(
            endpoint.toSocketAddress(),
            pipeline -> {
              accepted.incrementAndGet();
              pipeline.addLast(new HttpServerCodec(), new BackEndHandler(closing, firstAnswers));
            });
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Where they listen. */
  List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Connections accepted so far. */
  int accepted() {
    return accepted.get();
  }

  /** Stops listening and closes all connections. */
  @Override
  public void close() {
    loop.close();
  }
}
