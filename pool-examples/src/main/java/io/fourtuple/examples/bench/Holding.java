package io.fourtuple.examples.bench;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpState;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;

/**
 * Opens connections, keeps them, and weighs what they have added to the heap; in a virtual machine
 * of its own.
 *
 * @param heap bytes of live heap per connection
 * @param alive connections that the kernel shows as established afterwards
 */
record Holding(long heap, int alive) {
  /** Twice what is held, so that a kernel that picks does not have to search. */
  static final PortRange EPHEMERAL = new PortRange(10_000, 60_000);

  private static final int WARM_UP = 200;
  private static final int COLLECTIONS = 3;

  /** Who holds. */
  enum Kind {
    /** Netty channels without a handler. */
    BARE,
    /** Idle connections of a pool over channels of the same type. */
    POOLED
  }

  /** Holds so many towards a server on {@code port}. */
  static Holding of(Kind kind, int port, int connections) throws IOException, InterruptedException {
    try (Filling classesLoaded = begin(kind, port)) {
      fill(classesLoaded, WARM_UP);
    }
    try (Filling filling = begin(kind, port)) {
      long before = liveHeap();
      fill(filling, connections);
      long heap = liveHeap() - before;
      return new Holding(heap / connections, established(port));
    }
  }

  private static Filling begin(Kind kind, int port) {
    List<Endpoint> server = List.of(Endpoint.of("127.0.0.1", port));
    return switch (kind) {
      case BARE -> new PlainFilling(server);
      case POOLED -> new PoolFilling(PortSelection.PINNED, EPHEMERAL, server);
    };
  }

  private static void fill(Filling filling, int connections)
      throws IOException, InterruptedException {
    for (int i = 0; i < connections; i++) {
      filling.open();
    }
    if (filling instanceof PoolFilling pool) {
      pool.idle();
    }
  }

  private static long liveHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
    }
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static int established(int port) throws IOException {
    return (int)
        SocketTable.read().stream()
            .filter(socket -> socket.remotePort() == port)
            .filter(socket -> socket.state() == TcpState.ESTABLISHED)
            .count();
  }

  /** One line, for the process that asked. */
  String toLine() {
    return heap + " " + alive;
  }

  /** Reads such a line. */
  static Holding parse(String line) {
    String[] parts = line.strip().split(" ", 2);
    return new Holding(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
  }
}
