package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  /** What RFC 5952, sections 4 and 5, asks of a written address. */
  @ParameterizedTest
  @CsvSource({
    "203.0.113.7, 203.0.113.7:443",
    "2001:db8::7, [2001:db8::7]:443",
    "2001:0db8:0000:0000:0000:0000:0000:0007, [2001:db8::7]:443", // 4.1 no leading zeros
    "2001:DB8::A, [2001:db8::a]:443", // 4.3 lower case
    "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:443", // 4.2.2 one group is not shortened
    "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]:443", // 4.2.3 the longest run
    "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:443", // 4.2.3 the first of equals
    "0:0:0:0:0:0:0:0, [::]:443",
    "0:0:0:0:0:0:0:1, [::1]:443",
    "1:0:0:0:0:0:0:0, [1::]:443",
    "1:2:3:4:5:6:0:0, [1:2:3:4:5:6::]:443",
    "0:0:3:4:5:6:7:8, [::3:4:5:6:7:8]:443",
    "' 10.0.0.5 ', 10.0.0.5:443"
  })
  void isWrittenInOneSpelling(String ip, String written) {
    assertThat(Endpoint.of(ip, 443)).hasToString(written);
  }

  @Test
  void keepsTheScopeOfALinkLocalAddress() throws UnknownHostException {
    byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress("somewhere", linkLocal, 3);

    assertThat(new Endpoint(scoped, 80)).hasToString("[fe80::1%3]:80");
  }

  @Test
  void turnsAV4MappedAddressIntoItsV4Form() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    mapped[15] = 5;
    InetAddress v6 = Inet6Address.getByAddress(null, mapped, 0);
    assertThat(v6).isInstanceOf(Inet6Address.class);

    Endpoint endpoint = new Endpoint(v6, 80);

    assertThat(endpoint.address()).isInstanceOf(Inet4Address.class);
    assertThat(endpoint).isEqualTo(Endpoint.of("10.0.0.5", 80)).hasToString("10.0.0.5:80");
    assertThat(Endpoint.of("::ffff:10.0.0.5", 80)).isEqualTo(endpoint);
  }

  @Test
  void tellsACompatibleAddressFromAMappedOne() {
    assertThat(Endpoint.of("::10.0.0.5", 80)).hasToString("[::a00:5]:80");
  }

  @Test
  void forgetsTheNameBehindAnAddress() throws UnknownHostException {
    InetAddress named = InetAddress.getByAddress("example.org", new byte[] {10, 0, 0, 5});

    assertThat(new Endpoint(named, 80).toSocketAddress().toString()).doesNotContain("example");
    assertThat(new Endpoint(named, 80)).isEqualTo(Endpoint.of("10.0.0.5", 80));
  }

  @Test
  void comesFromAResolvedSocketAddressAndGoesBack() {
    InetSocketAddress address = new InetSocketAddress("10.0.0.5", 80);

    assertThat(Endpoint.of(address)).isEqualTo(Endpoint.of("10.0.0.5", 80));
    assertThat(Endpoint.of(address).toSocketAddress()).isEqualTo(address);
  }

  @Test
  void refusesAnAddressThatIsNotResolved() {
    InetSocketAddress name = InetSocketAddress.createUnresolved("example.org", 80);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of(name))
        .withMessage("address must be resolved, was " + name);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void refusesAPortThatIsNone(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of("10.0.0.5", port))
        .withMessage("port must be in 1..65535, was " + port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "example.org",
        "10.0.0",
        "10.0.0.5.6",
        "10.0.0.256",
        "10..0.5",
        "...",
        ".1.2.3",
        "10.0.0.5:80",
        "cafe",
        "g::1",
        "::g",
        "1::2::3",
        ":1",
        "[::1]",
        "[::1",
        "example:org"
      })
  void refusesWhatIsNotALiteralAddress(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.of(text, 80))
        .withMessage("address must be a literal IP address such as 10.0.0.5, was \"" + text + "\"");
  }

  /** A cause would be the answer of a name service. */
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.256", "10..0.5", "...", "g::1", "example.org"})
  void asksNoNameServiceForWhatIsNotALiteralAddress(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.of(text, 80)).withNoCause();
  }
}
