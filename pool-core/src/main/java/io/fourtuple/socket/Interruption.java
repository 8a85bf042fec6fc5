package io.fourtuple.socket;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * A blocking connect that an interrupt ends, by closing the socket. The JDK does that for virtual
 * threads only.
 */
final class Interruption extends AbstractInterruptibleChannel {
  private final Socket socket;

  private Interruption(Socket socket) {
    this.socket = socket;
  }

  /** Connects. */
  static void connect(Socket socket, SocketAddress remote, int timeoutMillis) throws IOException {
    new Interruption(socket).connect(remote, timeoutMillis);
  }

  @SuppressWarnings("try") // it is left open: closing it would close the socket
  private void connect(SocketAddress remote, int timeoutMillis) throws IOException {
    boolean connected = false;
    try {
      begin();
      socket.connect(remote, timeoutMillis);
      connected = true;
    } finally {
      end(remote, connected);
    }
  }

  private void end(SocketAddress remote, boolean connected) throws SocketException {
    try {
      end(connected);
    } catch (ClosedByInterruptException e) {
      throw interrupted("while connecting to " + remote, e);
    } catch (IOException e) {
      throw new SocketException("Socket closed");
    }
  }

  /** As the JDK tells it on virtual threads; the thread stays interrupted. */
  static SocketException interrupted(String when, Exception cause) {
    SocketException closed = new SocketException("Closed by interrupt " + when);
    closed.initCause(cause);
    return closed;
  }

  @Override
  protected void implCloseChannel() throws IOException {
    socket.close();
  }
}
