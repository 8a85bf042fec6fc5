package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A program that takes ports which the pool counts as its own, and gives them back. */
final class SoakNeighbours implements AutoCloseable {
  private static final int MOST = 12;

  private final Way way;
  private final List<InetAddress> sources;
  private final List<Endpoint> endpoints;
  private final Deque<Socket> sockets = new ArrayDeque<>();

  /**
   * Nobody yet.
   *
   * @param sources of the pool; none where the kernel chooses
   */
  SoakNeighbours(Way way, List<InetAddress> sources, List<Endpoint> endpoints) {
    this.way = way;
    this.sources = sources;
    this.endpoints = endpoints;
  }

  /**
   * One comes or one goes.
   *
   * @return how many have come
   */
  synchronized int comeAndGo() throws IOException {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    if (sockets.size() >= MOST || random.nextBoolean()) {
      leave(sockets.poll());
      return 0;
    }
    Socket socket = new Socket();
    try {
      if (!sources.isEmpty()) {
        socket.setReuseAddress(random.nextBoolean());
        socket.bind(
            new InetSocketAddress(sources.get(random.nextInt(sources.size())), port(random)));
      }
      // Some hold a port and go nowhere.
      if (sources.isEmpty() || random.nextInt(4) > 0) {
        socket.connect(endpoints.get(random.nextInt(endpoints.size())).toSocketAddress(), 1_000);
      }
      sockets.add(socket);
      return 1;
    } catch (IOException taken) {
      socket.close(); // the pool was first, or the back end is dead
      return 0;
    }
  }

  /** One of the pool's, or whichever the kernel takes. */
  private int port(ThreadLocalRandom random) {
    return random.nextInt(4) == 0
        ? 0
        : way.ports().ranges().get(0).first() + random.nextInt(way.ports().size());
  }

  private static void leave(Socket socket) throws IOException {
    if (socket != null) {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    while (!sockets.isEmpty()) {
      leave(sockets.poll());
    }
  }
}
