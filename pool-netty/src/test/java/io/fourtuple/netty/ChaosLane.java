package io.fourtuple.netty;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.pool.PoolCounters;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A pool of one way, with a ledger, sources, back ends and callers of its own. */
@SuppressWarnings("FutureReturnValueIgnored") // All ends are counted elsewhere.
final class ChaosLane {
  /** Few, so that callers wait for them. */
  static final PortRange EPHEMERAL = new PortRange(40_000, 40_015);

  private static final PortRange OWNED = new PortRange(20_000, 20_015);
  private static final String SOURCE_NET = "10.78.";
  private static final int BACK_END_PORT = 52_000;
  static final int BACK_ENDS = 3;
  static final int SOURCES = 2;
  private static final int LOOPS = 2;
  private static final Set<Way> OWN_LOOPS = EnumSet.of(Way.NIO_OWNED, Way.EPOLL_OWNED);
  private static final int CALLERS = 40;
  private static final int PAUSE_MILLIS = 40;

  /** Against hanging for ever. */
  private static final int MOST_SECONDS = 60;

  final Way way;
  final ChaosNetwork network;
  final ChaosNames names;
  final ChaosClock clock = new ChaosClock();
  final ChaosNeighbour neighbour;
  final SoakCallers callers;
  final SoakTally tally = new SoakTally();
  final PortLedger ledger;
  private final List<InetAddress> sources;
  private final List<SoakBackEnd> backEnds;
  private final HostPorts ports;
  private final Destination destination;

  /** Null where each connector makes loops of its own. */
  private final @Nullable EventLoopGroup group;

  private final Map<ChaosEvent, CountDownLatch> blocks = new ConcurrentHashMap<>();

  /** Pools that are being closed. */
  private final AtomicInteger closing = new AtomicInteger();

  private volatile NettyConnector connector;
  private volatile ConnectionPool<Channel> pool;

  ChaosLane(
      Way way, ChaosNetwork network, EventLoopGroup servers, ScheduledExecutorService executor)
      throws IOException {
    this.way = way;
    this.network = network;
    PortRange range = way.selection == PortSelection.OWNED ? OWNED : EPHEMERAL;
    neighbour = new ChaosNeighbour(range);
    sources = addresses(SOURCE_NET, way, SOURCES);
    List<InetAddress> addresses = addresses("10.77.", way, BACK_ENDS);
    for (InetAddress each : sources) {
      network.add(each);
    }
    for (InetAddress each : addresses) {
      network.add(each);
    }
    backEnds =
        addresses.stream()
            .map(address -> new SoakBackEnd(servers, new Endpoint(address, BACK_END_PORT)))
            .toList();
    String name = way.toString().toLowerCase(Locale.ROOT).replace('_', '-') + ".example";
    names =
        new ChaosNames(
            network.nameServer, name, backEnds.stream().map(SoakBackEnd::endpoint).toList());
    ledger = PortLedger.builder(HostNetwork.read().limits()).ticker(clock).build();
    HostPorts.Builder builder =
        HostPorts.builder().selection(way.selection).ports(range).headRoom(0).ledger(ledger);
    // Some know their addresses, and others find them.
    ports =
        way.ordinal() % 2 == 0
            ? builder.sources(sources).build()
            : builder.sourcesIn(SOURCE_NET + way.ordinal() + ".0/24").build();
    group = OWN_LOOPS.contains(way) ? null : loops(way);
    destination = Destination.named(name, BACK_END_PORT);
    connector = connector();
    pool = pool(connector);
    callers = new SoakCallers(CALLERS, () -> pool, destination, executor, tally);
    callers.pauseUpTo(PAUSE_MILLIS);
  }

  private static List<InetAddress> addresses(String net, Way way, int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(n -> Endpoint.of(net + way.ordinal() + "." + n, 1).address())
        .toList();
  }

  private static EventLoopGroup loops(Way way) {
    return new MultiThreadIoEventLoopGroup(
        LOOPS,
        new DefaultThreadFactory("loop-" + way, true),
        ChannelTransport.of(way.transport).ioHandlerFactory());
  }

  private NettyConnector connector() {
    NettyConnectorBuilder builder =
        NettyConnector.builder()
            .ports(ports)
            .transport(way.transport)
            .handler(Exchange::prepare)
            .connectTimeout(Duration.ofSeconds(1))
            .closeTimeout(Duration.ofMillis(200));
    return group == null ? builder.build() : builder.eventLoopGroup(group).build();
  }

  private ConnectionPool<Channel> pool(NettyConnector from) {
    return ConnectionPool.builder(from)
        .resolver(network.resolver)
        .backOff(Duration.ofMillis(20), Duration.ofMillis(200))
        .maxIdleTime(Duration.ofSeconds(1))
        .build();
  }

  // ---- what happens

  SoakBackEnd backEnd(ChaosEvent event) {
    return backEnds.get(event.part());
  }

  /** Of the back end that the event happens to, else all. */
  long answers(ChaosEvent event) {
    return event.kind().isOfBackEnd() ? backEnd(event).answers() : tally.answered.sum();
  }

  InetAddress backEndAddress(ChaosEvent event) {
    return backEnd(event).endpoint().address();
  }

  InetAddress source(ChaosEvent event) {
    return sources.get(event.part());
  }

  void blockLoop(ChaosEvent event) {
    try (Lease<Channel> lease = pool.tryAcquire(destination)) {
      if (lease != null) {
        CountDownLatch free = new CountDownLatch(1);
        blocks.put(event, free);
        lease.connection().eventLoop().execute(() -> block(free));
      }
    }
  }

  private void block(CountDownLatch free) {
    try {
      if (!free.await(MOST_SECONDS, TimeUnit.SECONDS)) {
        tally.fault("nobody frees a loop");
      }
    } catch (InterruptedException e) {
      tally.fault("interrupted");
    }
  }

  void unblockLoop(ChaosEvent event) {
    CountDownLatch block = blocks.remove(event);
    if (block != null) {
      block.countDown();
    }
  }

  /**
   * Another pool takes the place of this one, which drains, or not; sometimes another connector.
   */
  void reopen(ChaosEvent event) {
    NettyConnector before = connector;
    boolean newConnector = event.part() % 2 == 1;
    NettyConnector next = newConnector ? connector() : before;
    ConnectionPool<Channel> old = pool;
    pool = pool(next);
    connector = next;
    close(old, Duration.ofMillis(100L * event.part()), newConnector ? before : null);
  }

  private void close(ConnectionPool<Channel> old, Duration drain, NettyConnector goesToo) {
    closing.incrementAndGet();
    tally.reopened.increment();
    old.close(drain)
        .whenComplete(
            (gone, never) -> {
              tally.poolClosed(old.snapshot().counters());
              if (goesToo != null) {
                goesToo.close();
              }
              closing.decrementAndGet();
            });
  }

  // ---- the day

  void start() {
    callers.start();
  }

  void stop() {
    callers.stop();
  }

  /** Ends for good. */
  void close() {
    close(pool, Duration.ZERO, connector);
  }

  /** What may not be, not even for a moment. */
  List<String> always() {
    return named(ChaosOracle.always(tally, counters(), ledger.stats(), ledger.census()));
  }

  /** What may not be when nobody asks any more. */
  List<String> atRest() {
    List<String> found = ChaosOracle.atRest(tally, pool.snapshot(), ledger);
    if (callers.active() + closing.get() > 0) {
      found.add(callers.active() + " callers and " + closing.get() + " pools to close are left");
    }
    return named(found);
  }

  /** What keeps files open; what of that are the back ends' is ended here. */
  List<String> open() {
    backEnds.forEach(SoakBackEnd::resetAll);
    return pool.snapshot().idle() == 0 ? List.of() : named(List.of(pool.snapshot().toString()));
  }

  private List<String> named(List<String> found) {
    return found.stream().map(each -> way + ": " + each).toList();
  }

  /** Of the pools that were, and the one that is. */
  private PoolCounters counters() {
    return SoakTally.sum(tally.counters(), pool.snapshot().counters());
  }
}
