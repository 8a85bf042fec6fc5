package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends back each byte, and closes after one that asks for it. Listens outside of all ranges of the
 * tests; a thread for each connection.
 */
final class EchoServer implements AutoCloseable {
  /** Asks it to close first. */
  static final byte CLOSE = 'c';

  /** Asks it to stay. */
  static final byte STAY = 's';

  private static final AtomicInteger NEXT_PORT = new AtomicInteger(52_000);

  private final InetSocketAddress address;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private ServerSocket listener;
  private CompletableFuture<Void> accepting;

  /** On 127.0.0.1. */
  EchoServer() throws IOException {
    this(InetAddress.getLoopbackAddress());
  }

  EchoServer(InetAddress on) throws IOException {
    address = new InetSocketAddress(on, NEXT_PORT.getAndIncrement());
    restart();
  }

  Endpoint endpoint() {
    return Endpoint.of(address);
  }

  /** Listens, again where it did before. */
  void restart() throws IOException {
    ServerSocket opened = new ServerSocket();
    opened.setReuseAddress(true);
    opened.bind(address, 1_024);
    listener = opened;
    accepting = CompletableFuture.runAsync(() -> accept(opened), EchoServer::inBackground);
  }

  /** As a process that is killed: resets every connection, and listens no more when it returns. */
  void kill() throws IOException {
    listener.close();
    // The kernel listens on for as long as a thread is in its call.
    accepting.join();
    for (Socket connection : connections) {
      reset(connection);
    }
  }

  private static void reset(Socket connection) throws IOException {
    try (connection) {
      connection.setSoLinger(true, 0);
    } catch (SocketException closedMeanwhile) {
      // By its own thread.
    }
  }

  private void accept(ServerSocket on) {
    try {
      while (true) {
        Socket connection = on.accept();
        connections.add(connection);
        inBackground(() -> echo(connection));
      }
    } catch (IOException closed) {
      // Killed, or the test is over.
    }
  }

  private void echo(Socket connection) {
    try (connection) {
      int request;
      do {
        request = connection.getInputStream().read();
        if (request >= 0) {
          connection.getOutputStream().write(request);
        }
      } while (request >= 0 && request != CLOSE);
    } catch (IOException reset) {
      // By us or by the client.
    }
    connections.remove(connection);
  }

  private static void inBackground(Runnable task) {
    Thread thread = new Thread(task, "echo");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
