package io.fourtuple.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RouteTest {
  private static Route route(int source, int endpoint) {
    return route("10.1.0." + (1 + source), PortSelection.PINNED, endpoint);
  }

  private static Route route(String ip, PortSelection selection, int endpoint) {
    return new Route(
        SourceAddress.of(Endpoint.of(ip, 1).address(), PortSet.parse("40000-40009"), selection),
        Endpoint.of("10.2." + endpoint / 200 + "." + (1 + endpoint % 200), 443));
  }

  @Test
  void isEqualToOneBetweenTheSamePortsAndTheSameEndpoint() {
    Route route = route("10.1.0.1", PortSelection.PINNED, 1);

    assertThat(route)
        .isEqualTo(route("10.1.0.1", PortSelection.KERNEL, 1))
        .hasSameHashCodeAs(route("10.1.0.1", PortSelection.KERNEL, 1))
        .isNotEqualTo(route("10.1.0.2", PortSelection.PINNED, 1))
        .isNotEqualTo(route("10.1.0.1", PortSelection.PINNED, 2))
        .isNotEqualTo(null);
  }

  /** Else each look-up in a ledger with many sources compares many routes. */
  @Test
  void routesBetweenConsecutiveAddressesHaveDifferentHashCodes() {
    Set<Integer> hashes = new HashSet<>();
    for (int source = 0; source < 64; source++) {
      for (int endpoint = 0; endpoint < 1_000; endpoint++) {
        hashes.add(route(source, endpoint).hashCode());
      }
    }

    assertThat(hashes).hasSize(64_000);
  }
}
