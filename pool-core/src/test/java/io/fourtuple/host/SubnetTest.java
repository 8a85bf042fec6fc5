package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubnetTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/24, 10.0.0.255, true",
    "10.0.0.0/24, 10.0.1.0, false",
    "10.0.0.8/29, 10.0.0.15, true",
    "10.0.0.8/29, 10.0.0.16, false",
    "10.0.0.5/32, 10.0.0.5, true",
    "10.0.0.5/32, 10.0.0.4, false",
    "0.0.0.0/0, 203.0.113.7, true",
    "0.0.0.0/0, ::1, false",
    "2001:db8:1::/48, 2001:db8:1:ffff::7, true",
    "2001:db8:1::/48, 2001:db8:2::7, false",
    "fe80::/10, fe80::5%3, true",
    "::/0, 10.0.0.5, false",
    "::ffff:10.0.0.0/24, 10.0.0.7, true",
  })
  void hasTheAddressesThatBeginWithItsBits(String subnet, String address, boolean contains) {
    assertThat(Subnet.parse("x", subnet).contains(FakeAddresses.address(address)))
        .isEqualTo(contains);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.5 | sourcesIn must be an address and a length such as 10.0.0.0/24, was \"10.0.0.5\"",
        "eth0/24 | sourcesIn must be an address and a length such as 10.0.0.0/24, was \"eth0/24\"",
        "10.0.0.0/x | sourcesIn must be an address and a length such as 10.0.0.0/24,",
        "10.0.0.0/33 | sourcesIn must have a length in 0..32, was 10.0.0.0/33",
        "::/129 | sourcesIn must have a length in 0..128, was ::/129",
        "10.0.0.5/24 | sourcesIn must have no bits beyond its length, was 10.0.0.5/24; did you mean"
            + " 10.0.0.0/24?",
        "2001:db8:1::5/64 | was 2001:db8:1::5/64; did you mean 2001:db8:1::/64?",
      })
  void otherTextsAreRefused(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subnet.parse("sourcesIn", text))
        .withMessageContaining(message);
  }

  @Test
  void randomAddressesAreSpreadOverItAndNeverTheFirst() {
    Subnet subnet = Subnet.parse("x", "2001:db8:1::/125");
    SplittableRandom random = new SplittableRandom(1);
    Set<InetAddress> drawn = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      InetAddress address = subnet.random(random);
      assertThat(subnet.contains(address)).isTrue();
      drawn.add(address);
    }
    assertThat(drawn).hasSize(7).doesNotContain(subnet.first());
    assertThat(subnet.size()).isEqualTo(7);
  }

  @Test
  void aSingleAddressHasNoOther() {
    Subnet subnet = Subnet.parse("x", "2001:db8:1::5/128");
    assertThat(subnet.size()).isZero();
    assertThatIllegalStateException().isThrownBy(() -> subnet.random(new SplittableRandom(1)));
    assertThat(Subnet.parse("x", "2001:db8::/32").size()).isEqualTo(Integer.MAX_VALUE);
  }
}
