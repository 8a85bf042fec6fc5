package io.fourtuple.netty;

import io.fourtuple.host.HostPorts;
import io.fourtuple.host.TransportAbilities;
import io.fourtuple.netty.ConnectorSettings.OptionValue;
import io.fourtuple.netty.ConnectorSettings.Tls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a {@link NettyConnector}. Refuses what cannot work instead of mending it. */
public final class NettyConnectorBuilder {
  /** Netty keeps a time-out in an int of milliseconds; a day is longer than anybody waits. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final Duration SHORTEST = Duration.ofMillis(1);

  /** By name, because a raw option of the same name is another object. */
  private static final Set<String> REFUSED =
      Set.of(
          ChannelOption.SO_REUSEADDR.name(),
          ChannelOption.SO_LINGER.name(),
          ChannelOption.ALLOW_HALF_CLOSURE.name(),
          ChannelOption.AUTO_READ.name(),
          ChannelOption.AUTO_CLOSE.name(),
          ChannelOption.CONNECT_TIMEOUT_MILLIS.name(),
          LocalBinding.BIND_ADDRESS_NO_PORT.name(),
          "io.netty.channel.epoll.EpollChannelOption#IP_BIND_ADDRESS_NO_PORT",
          LocalBinding.LOCAL_PORT_RANGE.name());

  private @Nullable HostPorts ports;
  private @Nullable EventLoopGroup eventLoopGroup;
  private @Nullable Transport transport;
  private ChannelSetup setup = (channel, destination) -> {};
  private @Nullable SslContext tls;
  private @Nullable ChannelHandshake handshake;
  private Duration tlsHandshakeTimeout = Duration.ofSeconds(10);
  private String endpointIdentification = "HTTPS";
  private Duration connectTimeout = Duration.ofSeconds(10);
  private Duration closeTimeout = Duration.ofSeconds(1);
  private IdleReset idleReset = IdleReset.WHERE_USEFUL;
  private final Map<ChannelOption<?>, OptionValue<?>> options = new LinkedHashMap<>();

  NettyConnectorBuilder() {
    // Netty's channels have TCP_NODELAY on from the start; once more would be one more system call.
    option(ChannelOption.SO_KEEPALIVE, true);
  }

  /** Whose ports and sources are used; {@link HostPorts#shared()} by default. */
  public NettyConnectorBuilder ports(HostPorts ports) {
    this.ports = Objects.requireNonNull(ports, "ports must not be null");
    return this;
  }

  /**
   * The event loops to run on, which stay the caller's. By default the connector makes loops of its
   * own, on daemon threads, when it first needs them.
   *
   * @param group an {@link io.netty.channel.IoEventLoopGroup} of the transport
   */
  public NettyConnectorBuilder eventLoopGroup(EventLoopGroup group) {
    this.eventLoopGroup = Objects.requireNonNull(group, "eventLoopGroup must not be null");
    return this;
  }

  /**
   * The transport. By default the one of the {@link #eventLoopGroup}; without one {@link
   * Transport#EPOLL} where it is available, else {@link Transport#NIO}; the others only where they
   * are asked for.
   */
  public NettyConnectorBuilder transport(Transport transport) {
    this.transport = Objects.requireNonNull(transport, "transport must not be null");
    return this;
  }

  /** Adds the user's handlers to each new connection; by default there are none. */
  public NettyConnectorBuilder handler(ChannelSetup setup) {
    this.setup = Objects.requireNonNull(setup, "handler must not be null");
    return this;
  }

  /**
   * Uses TLS, for all connections. The name of the destination is sent as the server name (RFC
   * 6066, 3) where it is a host name, and checked against the peer's certificate. ALPN is what the
   * context says.
   *
   * @param context a client's
   */
  public NettyConnectorBuilder tls(SslContext context) {
    if (!context.isClient()) {
      throw new IllegalArgumentException("tls must be a client's context, was a server's");
    }
    this.tls = context;
    return this;
  }

  /** Makes new connections ready before they are lent; by default TCP, and TLS, are all. */
  public NettyConnectorBuilder handshake(ChannelHandshake handshake) {
    this.handshake = Objects.requireNonNull(handshake, "handshake must not be null");
    return this;
  }

  /**
   * How long a TLS handshake, and likewise a {@link #handshake}, may take, 10 s by default, 1 ms to
   * 1 day; the deadline of the request may make it shorter.
   */
  public NettyConnectorBuilder tlsHandshakeTimeout(Duration timeout) {
    this.tlsHandshakeTimeout = checked("tlsHandshakeTimeout", timeout);
    return this;
  }

  /**
   * How the peer's certificate is checked against the name of the destination: {@code HTTPS} (the
   * default), {@code LDAPS}, or the empty text for not at all.
   *
   * @see javax.net.ssl.SSLParameters#setEndpointIdentificationAlgorithm
   */
  public NettyConnectorBuilder endpointIdentification(String algorithm) {
    if (!Set.of("HTTPS", "LDAPS", "").contains(algorithm)) {
      throw new IllegalArgumentException(
          "endpointIdentification must be HTTPS, LDAPS or empty, was " + algorithm);
    }
    this.endpointIdentification = algorithm;
    return this;
  }

  /**
   * How long a TCP connect may take, 10 s by default, 1 ms to 1 day; the deadline of the request
   * may make it shorter.
   */
  public NettyConnectorBuilder connectTimeout(Duration timeout) {
    this.connectTimeout = checked("connectTimeout", timeout);
    return this;
  }

  /**
   * How long the peer's FIN is awaited when a connection is closed, before it is reset; 1 s by
   * default, 1 ms to 1 day. The local port is held meanwhile.
   */
  public NettyConnectorBuilder closeTimeout(Duration timeout) {
    this.closeTimeout = checked("closeTimeout", timeout);
    return this;
  }

  /** When idle connections above the high mark are reset instead of closed. */
  public NettyConnectorBuilder idleReset(IdleReset idleReset) {
    this.idleReset = Objects.requireNonNull(idleReset, "idleReset must not be null");
    return this;
  }

  /**
   * Sets a TCP option of each connection. {@code TCP_NODELAY} and {@code SO_KEEPALIVE} are on by
   * default.
   *
   * @throws IllegalArgumentException for an option that the care of local ports depends on
   */
  public <T> NettyConnectorBuilder option(ChannelOption<T> option, T value) {
    Objects.requireNonNull(option, "option must not be null");
    Objects.requireNonNull(value, () -> "value of " + option + " must not be null");
    if (REFUSED.contains(option.name())) {
      throw new IllegalArgumentException(
          "option must be none that the connector sets itself, was " + option);
    }
    if (option.equals(ChannelOption.SO_KEEPALIVE) && Boolean.FALSE.equals(value)) {
      options.remove(option); // as sockets are made: to say so would be a system call for each
    } else {
      options.put(option, new OptionValue<>(option, value));
    }
    return this;
  }

  /**
   * Makes the connector, after trying the transport on a socket.
   *
   * @throws IllegalArgumentException where the transport is not available, does not fit the event
   *     loops, or does not know an option
   * @throws ChannelException where no socket can be opened
   */
  public NettyConnector build() {
    HostPorts chosen = ports != null ? ports : HostPorts.shared();
    return build(
        abilities -> {
          var sources = chosen.forTransport(abilities);
          return new Sources(sources.ledger(), sources::reaching, sources.binds());
        });
  }

  /** Makes a connector on sources that depend on what the transport can do. */
  NettyConnector build(Function<TransportAbilities, Sources> sources) {
    ChannelTransport selected = ChannelTransport.select(transport, eventLoopGroup);
    List<OptionValue<?>> values = List.copyOf(options.values());
    tryOptions(selected, values);
    Sources made = sources.apply(selected.probe());
    ConnectorSettings settings =
        new ConnectorSettings(
            selected,
            values,
            setup,
            tls == null ? null : new Tls(tls, endpointIdentification),
            handshake,
            tlsHandshakeTimeout,
            connectTimeout,
            closeTimeout,
            idleReset,
            made.ledger().ticker());
    return new NettyConnector(made, settings, new EventLoops(settings, eventLoopGroup));
  }

  private static void tryOptions(ChannelTransport transport, List<OptionValue<?>> values) {
    Channel channel = transport.newChannel();
    try {
      values.forEach(value -> value.set(channel));
    } finally {
      channel.unsafe().closeForcibly();
    }
  }

  private static Duration checked(String field, Duration timeout) {
    Objects.requireNonNull(timeout, field + " must not be null");
    if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(field + " must be in 1 ms..1 day, was " + timeout);
    }
    return timeout;
  }
}
