package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What an idle connection without TLS weighs beyond a bare channel, by the classes on the heap: the
 * difference that so many connections make to the JVM's histogram of live objects.
 */
class ConnectionMemoryTest {
  private static final int CONNECTIONS = 400;
  private static final int A_FEW = 20;

  /** What earlier tests left on this heap may go in one of them, but not in all. */
  private static final int ROUNDS = 3;

  /** All wait there, for nobody accepts; as many as Linux lets wait. */
  private static final int BACKLOG = 4_096;

  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

  private static final Weight NOTHING = new Weight(0, 0);

  /** Objects of one class, and their bytes. */
  private record Weight(long count, long bytes) {
    Weight minus(Weight other) {
      return new Weight(count - other.count, bytes - other.bytes);
    }

    /** All objects of such a class are as large: exact, however many were counted. */
    long ofOne() {
      return bytes / count;
    }
  }

  private interface Opening {
    Object open() throws Exception;
  }

  @Test
  void anIdleConnectionAddsOneObjectOfEachOfTheseClasses() throws Exception {
    more(A_FEW); // loads classes

    Map<String, Weight> added = more(CONNECTIONS);
    for (int round = 1; round < ROUNDS; round++) {
      added = smaller(added, more(CONNECTIONS));
    }
    added.values().removeIf(weight -> weight.count() < CONNECTIONS / 2);

    assertThat(added.keySet())
        .containsExactlyInAnyOrder(
            "io.fourtuple.netty.NettyConnection",
            "io.fourtuple.pool.PooledConnection",
            "io.fourtuple.port.PortReservation",
            "io.netty.channel.DefaultChannelHandlerContext");
    assertThat(added.values()).allMatch(weight -> weight.count() < CONNECTIONS * 3 / 2);
    long each = added.values().stream().mapToLong(Weight::ofOne).sum();
    assertThat(each).as("bytes of one of each of %s", added).isLessThanOrEqualTo(256);
  }

  /** By how much more the heap grows with pooled connections than with bare ones. */
  private static Map<String, Weight> more(int connections) throws Exception {
    try (ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
      Endpoint endpoint = new Endpoint(server.getInetAddress(), server.getLocalPort());
      Map<String, Weight> bare = bare(endpoint, connections);
      return minus(pooled(endpoint, connections), bare);
    }
  }

  private static Map<String, Weight> smaller(Map<String, Weight> one, Map<String, Weight> other) {
    Map<String, Weight> smaller = new TreeMap<>();
    one.forEach(
        (name, weight) -> {
          Weight second = other.getOrDefault(name, NOTHING);
          smaller.put(name, second.count() < weight.count() ? second : weight);
        });
    return smaller;
  }

  private static Map<String, Weight> pooled(Endpoint endpoint, int connections) throws Exception {
    PortRange ports = new PortRange(1_024, 65_535);
    SourceAddress source =
        new SourceAddress(
            endpoint.address(),
            PortSet.of(ports),
            PortSelection.KERNEL,
            new PortBudget(ports.size(), 0, 60));
    PortLedger ledger = PortLedger.create(HostLimits.linuxDefaults());
    try (NettyConnector connector =
        NettyConnector.builder()
            .transport(Transport.NIO)
            .handler((channel, destination) -> {})
            .build(abilities -> new Sources(ledger, to -> List.of(source), false))) {
      ConnectionPool<Channel> pool = ConnectionPool.builder(connector).build();
      Destination destination = Destination.of(endpoint);
      List<Lease<Channel>> leases = new ArrayList<>();
      Map<String, Weight> added =
          added(
              connections,
              () -> leases.add(pool.acquire(destination, PATIENT)),
              () -> {
                leases.forEach(Lease::close);
                leases.clear();
              });
      pool.close(Duration.ZERO).join();
      return added;
    }
  }

  private static Map<String, Weight> bare(Endpoint endpoint, int connections) throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<Channel> channels = new ArrayList<>();
    Bootstrap client =
        new Bootstrap().group(group).channel(NioSocketChannel.class).handler(new NoHandler());
    Map<String, Weight> added =
        added(
            connections,
            () ->
                channels.add(
                    client.connect(endpoint.toSocketAddress()).syncUninterruptibly().channel()),
            () -> {});
    channels.forEach(channel -> channel.close().syncUninterruptibly());
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    return added;
  }

  /** Leaves the channel bare. */
  private static final class NoHandler extends ChannelInboundHandlerAdapter {
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
      context.pipeline().remove(this);
    }

    @Override
    public boolean isSharable() {
      return true;
    }
  }

  /** What so many add, after as many that have filled caches. */
  private static Map<String, Weight> added(int connections, Opening one, Runnable afterwards)
      throws Exception {
    open(connections, one);
    Map<String, Weight> before = live();
    open(connections, one);
    afterwards.run();
    return minus(live(), before);
  }

  private static Map<String, Weight> minus(Map<String, Weight> after, Map<String, Weight> before) {
    Map<String, Weight> difference = new TreeMap<>();
    after.forEach(
        (name, now) -> difference.put(name, now.minus(before.getOrDefault(name, NOTHING))));
    return difference;
  }

  private static void open(int connections, Opening one) throws Exception {
    for (int i = 0; i < connections; i++) {
      one.open();
    }
  }

  /** The objects on the heap by class, after a collection. */
  private static Map<String, Weight> live() throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(ProcessHandle.current().pid()),
                "GC.class_histogram")
            .start();
    String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, Weight> live = new HashMap<>();
    histogram
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(
            line ->
                live.put(
                    line.group(3),
                    new Weight(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)))));
    assertThat(live).containsKey("java.lang.Object");
    return live;
  }
}
