package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors of Java's sockets that this kernel gave, in a namespace with 20 ports. */
class RealDiagnosisTest {
  private static final String SETUP =
      "ip link set lo up && echo 40000 40019 > /proc/sys/net/ipv4/ip_local_port_range";

  @TempDir Path directory;

  @Test
  void whatTheKernelRefusesIsNamedAndClaimsArePutToItsOwnTable() throws Exception {
    String output = ChildJvm.inNamespace(directory, SETUP, DiagnosisProbe.class, "ports");
    assertThat(output.lines())
        .as(output)
        .contains(
            "socket=NO_LOCAL_PORT, NO_LOCAL_PORT CONFIRMED",
            "socket with time-out=NO_LOCAL_PORT, NO_LOCAL_PORT CONFIRMED",
            "channel=NO_LOCAL_PORT, NO_LOCAL_PORT CONFIRMED",
            "channel without blocking=NO_LOCAL_PORT, NO_LOCAL_PORT CONFIRMED",
            "bind=PORT_IN_USE, NO_LOCAL_PORT CONFIRMED",
            "connect beside bound=NO_LOCAL_PORT, NO_LOCAL_PORT CONFIRMED",
            "listen=PORT_IN_USE, PORT_IN_USE UNCHECKED",
            "foreign source=ADDRESS_NOT_AVAILABLE, ADDRESS_NOT_AVAILABLE UNCHECKED",
            "foreign source of a channel=ADDRESS_NOT_AVAILABLE, ADDRESS_NOT_AVAILABLE UNCHECKED",
            "refused=REMOTE, REMOTE UNCHECKED",
            "refused channel=REMOTE, REMOTE UNCHECKED",
            "unreachable=REMOTE, REMOTE UNCHECKED",
            "silent=REMOTE, REMOTE UNCHECKED",
            "no answer=REMOTE, REMOTE UNCHECKED",
            "no IPv6=NO_LOCAL_PORT, ADDRESS_NOT_AVAILABLE CONTRADICTED")
        .contains(
            "  confirmed by: 127.0.0.1 to 127.0.0.1:9001: 40000-40019 = 20 ports, 20 in use, 0 in"
                + " TIME_WAIT, 0 free");
  }

  @Test
  void aProcessThatMayOpenNoMoreFilesIsToldSo() throws Exception {
    String output =
        ChildJvm.inNamespace(directory, SETUP + " && ulimit -n 100", DiagnosisProbe.class, "files");
    assertThat(output.lines())
        .as(output)
        .contains(
            "files, channel=NO_FILE_DESCRIPTOR, NO_FILE_DESCRIPTOR UNCHECKED",
            "files, socket=NO_FILE_DESCRIPTOR, NO_FILE_DESCRIPTOR UNCHECKED");
  }
}
