package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSet;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnedBlockTest {
  @TempDir Path root;

  private static HostNetwork network(String ephemeral, String reserved, int unprivilegedStart) {
    HostLimits limits =
        HostLimits.linuxDefaults()
            .withEphemeral(PortRange.parse(ephemeral))
            .withReserved(PortSet.parse(reserved));
    return new HostNetwork("Linux", "6.18", limits, unprivilegedStart, Set.of());
  }

  @ParameterizedTest
  @CsvSource({
    "32768-60999, '', 1024, 10000-29999",
    "32768-60999, '', 0, 10000-29999",
    "15000-60999, '', 1024, 10000-14999",
    "12000-13000, '20000,29000-32000', 1024, '10000-11999,13001-19999,20001-28999'",
    "32768-60999, '', 28000, 28000-29999",
  })
  void leavesOutWhatOthersHaveARightTo(
      String ephemeral, String reserved, int unprivilegedStart, String expected) {
    assertThat(OwnedBlock.find(network(ephemeral, reserved, unprivilegedStart), PortSet.empty()))
        .isEqualTo(PortSet.parse(expected));
  }

  @Test
  void leavesOutWhatOthersUse() {
    assertThat(OwnedBlock.find(network("32768-60999", "", 1024), PortSet.parse("9001,10000,20000")))
        .isEqualTo(PortSet.parse("10001-19999,20001-29999"));
  }

  @ParameterizedTest
  @CsvSource({
    "1024-65535, '32768 65535'",
    "10000-65535, '32768 65535'",
    "5000-30000, '32768 60999'",
  })
  void whereNothingIsLeftItSaysHowToMakeRoom(String ephemeral, String room) {
    assertThatThrownBy(() -> OwnedBlock.find(network(ephemeral, "", 1024), PortSet.empty()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "no port of 10000-29999 is left to bind explicitly: ip_local_port_range is "
                + ephemeral
                + ", ip_local_reserved_ports is \"\", ip_unprivileged_port_start is 1024; make"
                + " room with: sysctl -w net.ipv4.ip_local_port_range=\""
                + room
                + "\", or give a block of your own with ports(...)");
  }

  @Test
  void othersAreListenersAndServices() {
    new HostFiles(root)
        .file(
            "proc/self/net/tcp",
            "heading\n 0: 00000000:4E20 00000000:0000 0A 0\n 1: 0100007F:4E21 0100007F:1F90 01 0\n")
        .file(
            "etc/services",
            """
            # a comment
            webmin\t\t10000/tcp
            webmin 10000/udp
            bacula-dir 9101/tcp # Bacula
            onlyudp 11000/udp
            wrong 99999/tcp
            words only

            zero 0/tcp
            """);
    assertThat(OwnedBlock.taken(root)).isEqualTo(PortSet.parse("9101,10000,20000"));
  }

  @Test
  void missingFilesMeanNoOthersAreKnown() {
    assertThat(OwnedBlock.taken(root)).isEqualTo(PortSet.empty());
  }
}
