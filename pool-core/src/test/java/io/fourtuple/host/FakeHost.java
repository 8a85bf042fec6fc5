package io.fourtuple.host;

import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.io.IOException;
import java.nio.file.Path;

/** A host whose files are below a directory, for tests of other packages. */
public final class FakeHost {
  private final Path root;

  /** A host without files. */
  public FakeHost(Path root) {
    this.root = root;
  }

  /** Writes one of its files. */
  public FakeHost file(String name, String content) {
    new HostFiles(root).file(name, content);
    return this;
  }

  /** What it says of its network. */
  public HostNetwork network() {
    return HostNetwork.read(root, "Linux");
  }

  /** Its sockets. */
  public SocketTable table() throws IOException {
    return SocketTable.read(root, PortSet.of(new PortRange(1, PortRange.MAX_PORT)));
  }
}
