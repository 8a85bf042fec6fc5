package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real kernel shows in a namespace with 64 ports, of which 4 are reserved. */
class PrivateNamespaceTest {
  private static final String SETUP =
      "ip link set lo up"
          + " && echo 40000 40063 > /proc/sys/net/ipv4/ip_local_port_range"
          + " && echo 40001,40010-40012 > /proc/sys/net/ipv4/ip_local_reserved_ports";

  @TempDir Path directory;

  @Test
  void theHostIsReadAndTheLedgerAgreesWithItsKernel() throws Exception {
    String output = ChildJvm.inNamespace(directory, SETUP, NamespaceProbe.class);
    assertThat(output.lines())
        .contains(
            "assumed=[]",
            "ephemeral=40000-40063",
            "reserved=40001,40010-40012",
            "noRoute=[]",
            "v4=[127.0.0.1:[40000,40002-40009,40013-40063]]",
            "v6=[[::1]:[40000,40002-40009,40013-40063]]",
            "rests=true",
            "damaged=0",
            "listeners=9001",
            "mine=1",
            "second=1",
            "census=reserved 0 foreign 2 time-wait 1");
  }
}
