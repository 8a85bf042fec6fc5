package io.fourtuple.testkit;

import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.HostLimits.TimeWaitReuse;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.SimulatedConnector.TcpInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The host of a {@link LongWorld}, its sources and endpoints, and who may use which of them. */
final class LongNetwork {
  /** How many of the sources may be used for one endpoint, by one pool. */
  private static final int SOURCES_PER_ENDPOINT = 4;

  private static final List<Duration> COOL_DOWNS =
      List.of(
          Duration.ofMillis(20),
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofSeconds(30));

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
    putBehindNats(random);
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

  /** Some of the sources are behind one public address, others behind another: -1 for none. */
  private static int natOf(int source) {
    int of16 = source % 16;
    int nat = source / 16 * 2;
    return of16 < 4 ? nat : of16 == 8 || of16 == 9 ? nat + 1 : -1;
  }

  private void putBehindNats(SplittableRandom random) {
    Map<Integer, ExternalCap> caps = new HashMap<>();
    for (int i = 0; i < sources.size(); i++) {
      int number = natOf(i);
      if (number >= 0) {
        ExternalCap cap =
            caps.computeIfAbsent(
                number,
                n ->
                    new ExternalCap(
                        "NAT " + n,
                        2 + random.nextInt(5),
                        COOL_DOWNS.get(random.nextInt(COOL_DOWNS.size()))));
        sources.set(i, sources.get(i).withCap(cap));
      }
    }
    caps.forEach(
        (number, cap) ->
            host.kernel()
                .nats()
                .put(
                    cap.connections(),
                    cap.coolDown(),
                    sources.stream()
                        .filter(source -> cap.equals(source.cap()))
                        .map(SourceAddress::address)
                        .toList()));
  }

  /** Whether there is a port to one of some endpoints, but none of the NAT before it. */
  boolean isShortOfNat(List<Endpoint> to, int user) {
    return to.stream()
        .anyMatch(
            endpoint ->
                sourcesFor(endpoint, user).stream()
                    .anyMatch(source -> isShortOfNat(source, endpoint)));
  }

  boolean isShortOfNat(SourceAddress source, Endpoint endpoint) {
    SimulatedNat nat = host.kernel().nats().before(source.address());
    return nat != null
        && nat.isFull(endpoint)
        && host.kernel().between(source.address(), endpoint).size() < source.ports().size();
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
