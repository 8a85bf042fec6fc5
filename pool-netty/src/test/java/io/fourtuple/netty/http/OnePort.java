package io.fourtuple.netty.http;

import io.fourtuple.host.HostPorts;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.util.concurrent.ThreadLocalRandom;

/** So little that whoever comes second waits. */
final class OnePort {
  private OnePort() {}

  /** One local port for each destination, outside of the kernel's own range. */
  static HostPorts ports() {
    int port = ThreadLocalRandom.current().nextInt(12_000, 21_000);
    return HostPorts.builder()
        .sources("127.0.0.1")
        .selection(PortSelection.OWNED)
        .ports(new PortRange(port, port))
        .build();
  }
}
