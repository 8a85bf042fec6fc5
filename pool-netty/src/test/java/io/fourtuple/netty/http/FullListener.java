package io.fourtuple.netty.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Accepts nobody, and has its queue filled: the kernel drops further SYNs. */
final class FullListener implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket();
  private final List<Socket> fillers = new ArrayList<>();

  FullListener() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    try {
      while (true) {
        Socket filler = new Socket();
        fillers.add(filler);
        filler.connect(listener.getLocalSocketAddress(), 200);
      }
    } catch (SocketTimeoutException full) {
      // No more is accepted.
    }
  }

  URI uri() {
    return URI.create("http://localhost:" + listener.getLocalPort() + "/");
  }

  @Override
  public void close() throws IOException {
    for (Socket filler : fillers) {
      filler.close();
    }
    listener.close();
  }
}
