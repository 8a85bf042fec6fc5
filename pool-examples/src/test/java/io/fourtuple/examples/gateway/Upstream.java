package io.fourtuple.examples.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream that does with each connection what a test says. */
final class Upstream implements AutoCloseable {
  /** What it does with one. */
  interface Script {
    void play(Wire connection) throws Exception;
  }

  private final ServerSocket listener;
  private final Script script;
  private final AtomicInteger accepted = new AtomicInteger();
  private final Queue<Wire> open = new ConcurrentLinkedQueue<>();

  private Upstream(Script script) throws IOException {
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    this.script = script;
  }

  static Upstream playing(Script script) throws IOException {
    Upstream upstream = new Upstream(script);
    daemon(upstream::accept);
    return upstream;
  }

  /** Answers each request with its own head, until the connection ends. */
  static Upstream echoingHeads() throws IOException {
    return playing(
        connection -> {
          while (true) {
            connection.respond(connection.readHead());
          }
        });
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "upstream");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        accepted.incrementAndGet();
        daemon(() -> play(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void play(Socket socket) {
    try (Wire connection = new Wire(socket)) {
      open.add(connection);
      script.play(connection);
    } catch (Exception e) {
      // The gateway has closed, or the test is over; what matters shows at the client.
    }
  }

  /** {@code host:port}. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** How many connections there were. */
  int accepted() {
    return accepted.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Wire connection : open) {
      connection.close();
    }
  }
}
