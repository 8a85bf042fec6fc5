package io.fourtuple.examples.bench;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpState;
import io.fourtuple.port.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sockets by the hundred thousand, without a file for each: they are left in CLOSE_WAIT, in the
 * queues of two listeners that never accept, half of them in {@code /proc/net/tcp} and half in
 * {@code tcp6}. Their clients are closed at once, and forgotten by the kernel after a second.
 *
 * <p>Each takes some 4 kB of the kernel's memory.
 */
final class Crowd implements AutoCloseable {
  private static final Path LIMIT = Path.of("/proc/sys/net/core/somaxconn");
  private static final Path FIN_TIMEOUT = Path.of("/proc/sys/net/ipv4/tcp_fin_timeout");
  private static final InetAddress SERVER = Endpoint.of("127.0.0.1", 1).address();
  private static final int FIRST_SERVER = 9_001;
  private static final int FIRST_PORT = 10_000;
  private static final int PORTS = 50_000;
  private static final int SERVERS = 2;
  private static final int MOST_LOOKS = 50;
  private static final long LOOK_NANOS = 200_000_000;

  private final List<ServerSocketChannel> servers = new ArrayList<>();
  private final int sockets;

  /** Makes so many. The settings that it changes belong to the private network. */
  Crowd(int sockets) throws IOException {
    this.sockets = sockets;
    Files.writeString(LIMIT, String.valueOf(sockets));
    Files.writeString(FIN_TIMEOUT, "1");
    try {
      servers.add(listening(StandardProtocolFamily.INET, FIRST_SERVER));
      servers.add(listening(StandardProtocolFamily.INET6, FIRST_SERVER + 1));
      for (int i = 0; i < sockets; i++) {
        add(i);
      }
      complete();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private ServerSocketChannel listening(ProtocolFamily family, int port) throws IOException {
    return ServerSocketChannel.open(family).bind(new InetSocketAddress(port), sockets);
  }

  /** From a port and an address of its own: none is met twice. */
  private void add(int number) throws IOException {
    InetSocketAddress server = new InetSocketAddress(SERVER, FIRST_SERVER + number % SERVERS);
    int client = number / SERVERS;
    InetAddress source = Endpoint.of("127.0.1." + (1 + client / PORTS), 1).address();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(new InetSocketAddress(source, FIRST_PORT + client % PORTS));
      channel.connect(server);
    }
  }

  /**
   * Waits until the clients' ends have gone, for a reader of the table may miss rows beside those
   * that go; adds as many as the kernel has reset, which is one in some ten thousand.
   */
  private void complete() throws IOException {
    int made = sockets;
    String seen = "";
    for (int look = 0; look < MOST_LOOKS; look++) {
      SocketTable table = SocketTable.read();
      int waiting = table.count(socket -> socket.state() == TcpState.CLOSE_WAIT);
      seen = waiting + " of " + table.size() + " sockets wait, and " + sockets + " should";
      if (table.size() == waiting + SERVERS) {
        if (waiting >= sockets) {
          return;
        }
        for (int i = waiting; i < sockets; i++) {
          add(made++);
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IOException(seen);
  }

  int sockets() {
    return sockets;
  }

  @Override
  public void close() throws IOException {
    for (ServerSocketChannel server : servers) {
      server.close();
    }
  }
}
