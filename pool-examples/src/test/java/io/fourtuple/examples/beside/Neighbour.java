package io.fourtuple.examples.beside;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Another program on the proxy's host, with the lower half of its ports to all back ends. */
final class Neighbour implements AutoCloseable {
  private final List<SocketChannel> sockets = new ArrayList<>();

  Neighbour(Plan plan) throws IOException {
    for (String source : Plan.SOURCES) {
      for (String backEnd : Plan.backEnds(Plan.BACK_ENDS)) {
        for (int i = 0; i < plan.neighbours(); i++) {
          SocketChannel socket = SocketChannel.open();
          sockets.add(socket);
          socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
          socket.bind(new InetSocketAddress(source, Plan.FIRST_PORT + i));
          socket.connect(new InetSocketAddress(backEnd, Plan.BACK_END_PORT));
        }
      }
    }
  }

  int size() {
    return sockets.size();
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel socket : sockets) {
      socket.close();
    }
  }
}
