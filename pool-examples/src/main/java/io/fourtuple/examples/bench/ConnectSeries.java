package io.fourtuple.examples.bench;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.util.List;
import java.util.stream.IntStream;

/** Who opens connections, and to how many endpoints: a row of the table. */
enum ConnectSeries {
  PLAIN("a plain client, the kernel picks", 1),
  KERNEL("`KERNEL`", 1),
  PINNED("`PINNED`", 1),
  OWNED("`OWNED`", 1),
  KERNEL_SPREAD("`KERNEL`, 1,000 endpoints", 1_000),
  PINNED_SPREAD("`PINNED`, 1,000 endpoints", 1_000),
  OWNED_SPREAD("`OWNED`, 1,000 endpoints", 1_000),
  /** What the cycle through the ports avoids: each port has a connection to every endpoint. */
  OWNED_CROWDED("`OWNED`, 1,000 endpoints on 9 ports", 1_000);

  /** Enough to show what grows with them, and below usual limits on open files. */
  static final int CONNECTIONS = 9_000;

  /** From where the kernel picks, in the private network. */
  static final PortRange EPHEMERAL = block(40_000, CONNECTIONS);

  private static final PortRange OWNED_PORTS = block(20_000, CONNECTIONS);
  private static final PortRange FEW_PORTS = block(20_000, CONNECTIONS / 1_000);
  private static final int PER_NETWORK = 250;

  private final String label;
  private final int endpoints;

  ConnectSeries(String label, int endpoints) {
    this.label = label;
    this.endpoints = endpoints;
  }

  String label() {
    return label;
  }

  /** Whether occupancy is that of a route, so that the last connection takes the last port. */
  boolean endsFull() {
    return endpoints == 1;
  }

  /** Whether the cost is promised not to grow. */
  boolean isPromisedFlat() {
    return switch (this) {
      case PINNED, OWNED, PINNED_SPREAD, OWNED_SPREAD -> true;
      case PLAIN, KERNEL, KERNEL_SPREAD, OWNED_CROWDED -> false;
    };
  }

  /** Begins it, towards a server on {@code port}. */
  Filling begin(int port) {
    List<Endpoint> to = endpoints(port);
    return switch (this) {
      case PLAIN -> new PlainFilling(to);
      case KERNEL, KERNEL_SPREAD -> new PoolFilling(PortSelection.KERNEL, EPHEMERAL, to);
      case PINNED, PINNED_SPREAD -> new PoolFilling(PortSelection.PINNED, EPHEMERAL, to);
      case OWNED, OWNED_SPREAD -> new PoolFilling(PortSelection.OWNED, OWNED_PORTS, to);
      case OWNED_CROWDED -> new PoolFilling(PortSelection.OWNED, FEW_PORTS, to);
    };
  }

  private List<Endpoint> endpoints(int port) {
    return IntStream.range(0, endpoints)
        .mapToObj(
            i -> Endpoint.of("127.0." + (1 + i / PER_NETWORK) + "." + (1 + i % PER_NETWORK), port))
        .toList();
  }

  private static PortRange block(int first, int size) {
    return new PortRange(first, first + size - 1);
  }
}
