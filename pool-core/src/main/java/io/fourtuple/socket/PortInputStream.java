package io.fourtuple.socket;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** Sees the peer's FIN and resets. Keeps its socket, which so is not lost while this is read. */
final class PortInputStream extends InputStream {
  private final BudgetedSocket socket;
  private final InputStream in;
  private final @Nullable HeldPort port;

  PortInputStream(BudgetedSocket socket, InputStream in, @Nullable HeldPort port) {
    this.socket = socket;
    this.in = in;
    this.port = port;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int read = in.read(bytes, offset, length);
      if (read < 0 && port != null) {
        port.endOfStream();
      }
      return read;
    } catch (IOException e) {
      if (port != null) {
        port.failed(e);
      }
      throw e;
    } finally {
      Reference.reachabilityFence(socket);
    }
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
