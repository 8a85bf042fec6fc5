package io.fourtuple.netty;

import io.fourtuple.port.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings of a private network; outside of one there is no right to write them. */
public enum Sysctl {
  LOCAL_PORT_RANGE("ip_local_port_range"),
  TIME_WAIT_REUSE("tcp_tw_reuse"),
  /** In milliseconds; new in Linux 6.18 or so. */
  TIME_WAIT_REUSE_DELAY("tcp_tw_reuse_delay"),
  TIMESTAMPS("tcp_timestamps");

  private final Path path;

  Sysctl(String name) {
    this.path = Path.of("/proc/sys/net/ipv4", name);
  }

  static void localPortRange(PortRange range) throws IOException {
    LOCAL_PORT_RANGE.write(range.first() + " " + range.last());
  }

  public void write(String value) throws IOException {
    Files.writeString(path, value);
  }

  void writeIfKnown(String value) throws IOException {
    if (Files.exists(path)) {
      write(value);
    }
  }
}
