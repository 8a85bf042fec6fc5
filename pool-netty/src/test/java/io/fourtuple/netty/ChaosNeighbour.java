package io.fourtuple.netty;

import io.fourtuple.port.PortRange;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** A program that takes all ports of an address which are free. Thread-safe. */
final class ChaosNeighbour implements AutoCloseable {
  private final PortRange range;
  private final Map<InetAddress, Deque<Socket>> taken = new HashMap<>();

  ChaosNeighbour(PortRange range) {
    this.range = range;
  }

  synchronized void take(InetAddress source) throws IOException {
    Deque<Socket> sockets = taken.computeIfAbsent(source, address -> new ArrayDeque<>());
    for (int port = range.first(); port <= range.last(); port++) {
      Socket socket = new Socket();
      try {
        socket.bind(new InetSocketAddress(source, port));
        sockets.add(socket);
      } catch (IOException inUseOrNotHere) {
        socket.close();
      }
    }
  }

  synchronized void giveBack(InetAddress source) throws IOException {
    Deque<Socket> sockets = taken.getOrDefault(source, new ArrayDeque<>());
    while (!sockets.isEmpty()) {
      sockets.pop().close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (InetAddress source : taken.keySet()) {
      giveBack(source);
    }
  }
}
