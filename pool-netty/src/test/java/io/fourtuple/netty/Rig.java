package io.fourtuple.netty;

import static java.util.Objects.requireNonNull;

import io.fourtuple.pool.ConnectRequest;
import io.fourtuple.pool.Destination;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortReservation;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Deadline;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A connector on a ledger of its own. */
final class Rig implements AutoCloseable {
  /** Nobody waits for it, but where a test says otherwise. */
  static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  /** For tests of what happens then. */
  static final Duration SHORT_CLOSE_TIMEOUT = Duration.ofMillis(150);

  final PortLedger ledger;
  final NettyConnector connector;

  /** Channels that got as far as the user's handlers. */
  final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();

  private final Way way;

  Rig(Way way) {
    this(way, builder -> builder);
  }

  Rig(Way way, UnaryOperator<NettyConnectorBuilder> with) {
    this(way, HostLimits.linuxDefaults().withEphemeral(way.ephemeral()), 1, with);
  }

  /** From several loopback addresses. */
  Rig(Way way, HostLimits limits, int addresses, UnaryOperator<NettyConnectorBuilder> with) {
    this(
        way,
        limits,
        IntStream.rangeClosed(1, addresses).mapToObj(n -> address(way, n)).toList(),
        with);
  }

  Rig(
      Way way,
      HostLimits limits,
      List<InetAddress> addresses,
      UnaryOperator<NettyConnectorBuilder> with) {
    way.require();
    this.way = way;
    if (way.isExclusive()) {
      setRange(way.ephemeral());
    }
    this.ledger = PortLedger.create(limits);
    List<SourceAddress> sources = addresses.stream().map(this::source).toList();
    NettyConnectorBuilder builder =
        NettyConnector.builder()
            .transport(way.transport)
            .closeTimeout(CLOSE_TIMEOUT)
            .handler((channel, destination) -> channels.add(channel));
    connector =
        with.apply(builder).build(abilities -> new Sources(ledger, endpoint -> sources, way.binds));
  }

  private static InetAddress address(Way way, int n) {
    return way.isExclusive()
        ? SocketWorld.freshAddress()
        : Endpoint.of("127.0.0." + n, 1).address();
  }

  private static void setRange(PortRange range) {
    try {
      Sysctl.localPortRange(range);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SourceAddress source(InetAddress address) {
    return new SourceAddress(
        address, way.ports(), way.selection, new PortBudget(way.ports().size(), 0, 60));
  }

  PortReservation reserve(Endpoint endpoint) {
    Route route = new Route(connector.sources(endpoint).get(0), endpoint);
    return requireNonNull(ledger.tryReserve(List.of(route)));
  }

  Attempt connect(Endpoint endpoint) {
    return connect(reserve(endpoint), Duration.ofSeconds(10));
  }

  Attempt connect(Endpoint endpoint, EventLoop loop) {
    Destination destination = Destination.of("pool.test", endpoint);
    return connect(reserve(endpoint), destination, Duration.ofSeconds(10), loop);
  }

  Attempt connect(PortReservation reservation, Duration deadline) {
    Endpoint endpoint = reservation.route().endpoint();
    return connect(reservation, Destination.of("pool.test", endpoint), deadline);
  }

  Attempt connect(PortReservation reservation, Destination destination, Duration deadline) {
    return connect(reservation, destination, deadline, null);
  }

  private Attempt connect(
      PortReservation reservation,
      Destination destination,
      Duration deadline,
      @Nullable EventLoop loop) {
    Attempt attempt = new Attempt(reservation);
    attempt.cancellable(
        connector.connect(
            new ConnectRequest(
                destination, reservation, Deadline.after(ledger.ticker().read(), deadline), loop),
            attempt));
    return attempt;
  }

  /** The channel of a connection that never became ready. */
  Channel setUpChannel() throws InterruptedException {
    return requireNonNull(channels.poll(10, TimeUnit.SECONDS));
  }

  @Override
  public void close() {
    connector.close();
    if (way.isExclusive()) {
      setRange(Way.EPHEMERAL);
    }
  }
}
