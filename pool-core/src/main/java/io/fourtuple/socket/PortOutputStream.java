package io.fourtuple.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/** Sees resets. Keeps its socket, which so is not lost while this is written to. */
final class PortOutputStream extends OutputStream {
  private final BudgetedSocket socket;
  private final OutputStream out;
  private final @Nullable HeldPort port;

  PortOutputStream(BudgetedSocket socket, OutputStream out, @Nullable HeldPort port) {
    this.socket = socket;
    this.out = out;
    this.port = port;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
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
  public void close() throws IOException {
    socket.close();
  }
}
