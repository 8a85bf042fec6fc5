package io.fourtuple.netty;

import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP server whose every move is the test's. Listens outside of all ranges of the tests. */
final class RawServer implements AutoCloseable {
  private static final AtomicInteger NEXT_PORT = new AtomicInteger(50_000);

  private final ServerSocket listener = new ServerSocket();
  private final BlockingQueue<Socket> accepted = new LinkedBlockingQueue<>();
  private final List<Socket> all = new ArrayList<>();

  private RawServer(int backlog) throws IOException {
    listener.bind(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), NEXT_PORT.getAndIncrement()),
        backlog);
  }

  /** Accepts whoever comes. */
  static RawServer accepting() throws IOException {
    RawServer server = new RawServer(1_024);
    server.beginToAccept();
    return server;
  }

  /** From now on. */
  void beginToAccept() {
    Thread thread = new Thread(this::accept, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Accepts nobody, and has its queue filled: the kernel drops further SYNs. */
  static RawServer silent() throws IOException {
    RawServer server = new RawServer(1);
    for (int i = 0; i < 2; i++) {
      Socket filler = new Socket();
      filler.setReuseAddress(true); // another test's may be in TIME_WAIT
      filler.bind(new InetSocketAddress("127.0.0.9", 30_000 + i));
      filler.connect(server.listener.getLocalSocketAddress(), 1_000);
      server.all.add(filler);
    }
    return server;
  }

  private void accept() {
    try {
      while (true) {
        accepted.add(listener.accept());
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  Endpoint endpoint() {
    return Endpoint.of((InetSocketAddress) listener.getLocalSocketAddress());
  }

  /** The next accepted connection. */
  Socket next() throws InterruptedException {
    Socket socket = accepted.poll(5, TimeUnit.SECONDS);
    if (socket == null) {
      throw new AssertionError("nobody connected");
    }
    all.add(socket);
    return socket;
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : all) {
        socket.close();
      }
      for (Socket socket : accepted) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
