package io.fourtuple.host;

import io.fourtuple.port.CapCensus;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;

/** What a ledger may have counted on a route with four ports. */
final class Census {
  static final String FULL_WORDS =
      "10.0.0.5:[40000-40003] to 127.0.0.1:9001: 40000-40003 = 4 ports, 3 in use, 1 in TIME_WAIT,"
          + " 0 free";

  private static final PortSet PORTS = PortSet.of(new PortRange(40_000, 40_003));

  private Census() {}

  static PortCensus full(int port) {
    return of(port, 3, 1);
  }

  static PortCensus of(int port, int established, int timeWait) {
    return new PortCensus(route(port), 4, 0, 0, established, 0, timeWait, 0, 0, 0, -1);
  }

  /** Four free ports, but for the cap. */
  static PortCensus capped() {
    return new PortCensus(
        route(9001), 4, 0, 0, 0, 0, 0, 0, 0, 0, -1, new CapCensus("NAT", 2, 1, 1, 5));
  }

  private static Route route(int port) {
    SourceAddress source =
        SourceAddress.of(Endpoint.of("10.0.0.5", 1).address(), PORTS, PortSelection.OWNED);
    return new Route(source, Endpoint.of("127.0.0.1", port));
  }
}
