package io.fourtuple.examples.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A server that never accepts, on all addresses: the kernel answers, and its ends of the
 * connections are no files of this process. Closing it resets them.
 */
final class Backlog implements AutoCloseable {
  private static final Path LIMIT = Path.of("/proc/sys/net/core/somaxconn");
  private static final int CONNECTIONS = 65_535;

  private final ServerSocket socket;

  /** Listens, and widens the limit, which belongs to the private network. */
  Backlog(int port) throws IOException {
    Files.writeString(LIMIT, String.valueOf(CONNECTIONS));
    socket = new ServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(port), CONNECTIONS);
  }

  int port() {
    return socket.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
