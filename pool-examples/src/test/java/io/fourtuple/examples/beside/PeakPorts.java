package io.fourtuple.examples.beside;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpSocket;
import io.fourtuple.host.TcpState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** The most sockets to back ends that the kernel had at a time, TIME_WAIT included. */
final class PeakPorts implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(200);

  private final Thread thread = new Thread(this::watch, "peak-ports");
  private volatile boolean isClosed;
  private volatile int peak;

  PeakPorts() {
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    while (!isClosed) {
      look();
      Pause.of(STEP);
    }
  }

  private synchronized void look() {
    try {
      peak = Math.max(peak, count(socket -> true));
    } catch (IOException e) {
      throw new IllegalStateException("the kernel's table cannot be read", e);
    }
  }

  static boolean noneRests() throws IOException {
    return count(socket -> socket.state() == TcpState.TIME_WAIT) == 0;
  }

  /** By their ends: the kernel may show one twice that changes its state meanwhile. */
  private static int count(Predicate<TcpSocket> asked) throws IOException {
    return (int)
        SocketTable.read().stream()
            .filter(socket -> socket.remotePort() == Plan.BACK_END_PORT && asked.test(socket))
            .map(
                socket ->
                    List.of(socket.localAddress(), socket.localPort(), socket.remoteAddress()))
            .distinct()
            .count();
  }

  int peak() {
    look();
    return peak;
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
