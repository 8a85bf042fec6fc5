package io.fourtuple.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A server whose backlog is full: what connects to it hears nothing. */
final class SilentServer implements AutoCloseable {
  private static final int MOST_FILLERS = 16;
  private static final int NO_ANSWER_MILLIS = 100;

  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  private final List<Socket> fillers = new ArrayList<>();

  SilentServer() throws IOException {
    for (int i = 0; i < MOST_FILLERS; i++) {
      Socket filler = new Socket();
      fillers.add(filler);
      try {
        filler.connect(address(), NO_ANSWER_MILLIS);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    throw new AssertionError("the backlog does not fill");
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    for (Socket filler : fillers) {
      filler.close();
    }
    server.close();
  }
}
