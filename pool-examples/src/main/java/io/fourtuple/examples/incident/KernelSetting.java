package io.fourtuple.examples.incident;

import io.fourtuple.port.PortRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings of the kernel that the phases change, in their own network namespace only. */
enum KernelSetting {
  /** From which ports the kernel picks. */
  IP_LOCAL_PORT_RANGE,
  /** Whether it picks ports in TIME_WAIT. */
  TCP_TW_REUSE;

  private static final Path DIRECTORY = Path.of("/proc/sys/net/ipv4");

  /** Narrows the range of ports that the kernel picks from. */
  static void ephemeralRange(PortRange range) throws IOException {
    IP_LOCAL_PORT_RANGE.write(range.first() + " " + range.last());
  }

  void write(String value) throws IOException {
    Files.writeString(DIRECTORY.resolve(name().toLowerCase(java.util.Locale.ROOT)), value);
  }
}
