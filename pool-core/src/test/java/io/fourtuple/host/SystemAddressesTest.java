package io.fourtuple.host;

import static io.fourtuple.host.FakeAddresses.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemAddressesTest {
  /** Of a range for documentation: nobody has it. */
  private static final InetAddress ELSEWHERE = address("203.0.113.7");

  private final SystemAddresses addresses = new SystemAddresses();

  @Test
  void loopbackIsHereWhateverTheInterfacesSay() {
    assertThat(addresses.canBind(address("127.0.0.1"))).isTrue();
    assertThat(addresses.canBind(ELSEWHERE)).isFalse();
  }

  @Test
  void theInterfacesAreThoseOfTheSystem() throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(address("127.0.0.1"));
    assertThat(addresses.byInterface().get(loopback.getName())).contains(address("127.0.0.1"));
    assertThat(addresses.byInterface().values())
        .allSatisfy(all -> assertThat(all).doesNotContain(ELSEWHERE));
  }

  @Test
  void whereNoFileDescriptorIsLeftTheLastAnswerStands(@TempDir Path directory) throws Exception {
    String setup = "ip link set lo up && ulimit -n 100";
    assertThat(ChildJvm.inNamespace(directory, setup, AddressesProbe.class).lines())
        .contains(
            "before=[/0:0:0:0:0:0:0:1, /127.0.0.1] true",
            "left 0=true true",
            "left 1=true true",
            "left 2=true true");
  }

  @Test
  void onlyALinkLocalAddressKeepsTheScopeThatTheSystemGives() throws UnknownHostException {
    assertThat(scope("fd00:9::5")).isZero();
    assertThat(scope("::1")).isZero();
    assertThat(scope("fe80::5")).isEqualTo(3);
  }

  private static int scope(String text) throws UnknownHostException {
    InetAddress listed = Inet6Address.getByAddress(null, address(text).getAddress(), 3);
    return ((Inet6Address) SystemAddresses.asSource(listed)).getScopeId();
  }
}
