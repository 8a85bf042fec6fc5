package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReachabilityTest {
  private static final String HERE = "10.9.0.5 fd00:9::5 fe80::5";

  /** As measured with connects in a private namespace; the number after % is the interface. */
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.9, true",
    "127.0.0.1, 10.9.0.5, true",
    "127.0.0.1, 10.9.0.77, false",
    "10.9.0.5, 127.0.0.1, true",
    "10.9.0.5, 10.9.0.77, true",
    "10.9.0.5, 203.0.113.7, true",
    "169.254.1.1, 10.9.0.5, true",
    "10.9.0.5, ::1, false",
    "::1, 127.0.0.1, false",
    "::1, ::1, true",
    "::1, fd00:9::5, true",
    "::1, fd00:9::77, false",
    "::1, fe80::5%3, false",
    "fd00:9::5, ::1, true",
    "fd00:9::5, fd00:9::77, true",
    "fd00:9::5, fe80::5%3, true",
    "fd00:9::5, fe80::5, false",
    "fe80::5%3, ::1, false",
    "fe80::5%3, fd00:9::5, true",
    "fe80::5%3, fe80::77%3, true",
    "fe80::5%3, fe80::77, true",
    "fe80::5%3, fe80::77%5, false",
    "fe80::5, fe80::77%5, true",
    "fe80::5%3, 203.0.113.7, false",
    // v4-mapped addresses are IPv4
    "10.9.0.5, ::ffff:203.0.113.7, true",
    "fd00:9::5, ::ffff:203.0.113.7, false",
    "127.0.0.1, ::ffff:127.0.0.9, true",
    "::1, ::ffff:127.0.0.1, false",
    "127.0.0.1, ::ffff:10.9.0.77, false",
  })
  void leavesOutWhatCannotWork(String source, String remote, boolean reaches)
      throws UnknownHostException {
    assertThat(
            Reachability.reaches(address(source), address(remote), asked -> HERE.contains(remote)))
        .isEqualTo(reaches);
  }

  private static InetAddress address(String text) throws UnknownHostException {
    int percent = text.indexOf('%');
    return percent < 0
        ? Endpoint.of(text, 1).address()
        : Inet6Address.getByAddress(
            null,
            Endpoint.of(text.substring(0, percent), 1).address().getAddress(),
            Integer.parseInt(text.substring(percent + 1)));
  }
}
