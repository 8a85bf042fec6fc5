package io.fourtuple.testkit;

import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.SimulatedConnector.Misbehaviour;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The host of a {@link LongWorld}, its sources and endpoints, and who may use which of them. */
final class LongNetwork {
  /** How many of the sources may be used for one endpoint, by one pool. */
  private static final int SOURCES_PER_ENDPOINT = 4;

  final SimulatedHost host;
  final List<SourceAddress> sources = new ArrayList<>();
  final List<Endpoint> endpoints = new ArrayList<>();
  private final LongShape shape;
  private final Misbehaviour misbehaviour;
  private final List<Destination> destinations = new ArrayList<>();
  private final List<List<SourceAddress>> windows = new ArrayList<>();
  private final Map<Endpoint, Integer> numbers = new HashMap<>();
  private final List<SimulatedConnector> connectors = new ArrayList<>();

  LongNetwork(LongShape shape, SimulatedHost.LedgerSettings settings, Misbehaviour misbehaviour) {
    this.shape = shape;
    this.misbehaviour = misbehaviour;
    SplittableRandom random = new SplittableRandom(shape.seed());
    int ports = 4 + random.nextInt(5);
    host =
        new SimulatedHost(
            HostLimits.linuxDefaults()
                .withEphemeral(new PortRange(40_000, 40_000 + ports - 1))
                .withTimeWaitReuse(
                    TimeWaitReuse.values()[random.nextInt(TimeWaitReuse.values().length)]),
            shape.seed(),
            settings);
    for (int i = 0; i < shape.sources(); i++) {
      sources.add(source(i, ports));
    }
    for (int i = 0; i < shape.sources(); i++) {
      List<SourceAddress> window = new ArrayList<>();
      for (int k = 0; k < Math.min(SOURCES_PER_ENDPOINT, shape.sources()); k++) {
        window.add(sources.get((i + k) % shape.sources()));
      }
      windows.add(List.copyOf(window));
    }
    for (int i = 0; i < shape.endpoints(); i++) {
      String ip = (i % 8 == 7 ? "127.2." : "10.2.") + i / 200 + "." + (1 + i % 200);
      Endpoint endpoint = Endpoint.of(ip, 443);
      endpoints.add(endpoint);
      numbers.put(endpoint, i);
      destinations.add(Destination.of(endpoint));
    }
    for (int i = 0; i + 2 < shape.endpoints(); i += 4) {
      destinations.add(
          Destination.of(
              "three of " + i, endpoints.get(i), endpoints.get(i + 1), endpoints.get(i + 2)));
    }
  }

  private SourceAddress source(int i, int ports) {
    PortSelection selection = PortSelection.values()[i % 3];
    String range =
        selection == PortSelection.OWNED
            ? "20000-" + (20_000 + ports - 1)
            : "40000-" + (40_000 + ports - 1);
    String ip = (i % 8 == 7 ? "127.1." : "10.1.") + i / 200 + "." + (1 + i % 200);
    return host.source(ip, range, selection);
  }

  Destination destination(int n) {
    return destinations.get(destinationNumber(n));
  }

  int destinationNumber(int n) {
    return n % destinations.size();
  }

  Endpoint endpoint(int n) {
    return endpoints.get(n % endpoints.size());
  }

  int numberOf(Endpoint endpoint) {
    return numbers.getOrDefault(endpoint, 0);
  }

  List<SourceAddress> sourcesFor(Endpoint endpoint, int user) {
    return windows.get((numberOf(endpoint) * 7 + user * 13) % windows.size());
  }

  /** A new connector for one of those who use the network. */
  SimulatedConnector connector(int user) {
    SimulatedConnector connector = host.connector();
    connector.sources(endpoint -> sourcesFor(endpoint, user));
    connector.tcpInfo((shape.seed() + user) % 2 == 0 ? TcpInfo.READABLE : TcpInfo.HIDDEN);
    connector.leavesOrphans(user % 3 == 1);
    connector.misbehave(misbehaviour);
    connectors.add(connector);
    return connector;
  }

  /** All that were made. */
  List<SimulatedConnector> connectors() {
    return connectors;
  }
}
