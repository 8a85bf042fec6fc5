package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.host.SocketTable;
import io.fourtuple.host.TcpSocket;
import io.fourtuple.host.TcpState;
import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Which connections the kernel's table shows to be accepted, with listeners of both families. Runs
 * in a private network: see {@link DiagnosisIT}.
 */
class ListenerScenarios {
  private static final InetAddress HERE = Endpoint.of("127.0.0.1", 1).address();

  /** Outside of the kernel's range: it might pick one port for listeners of both families. */
  private static final int OTHER_PORT = 51_000;

  /** The options of IPPROTO_IPV6 on Linux. */
  private static final int IPPROTO_IPV6 = 41;

  private static final int IPV6_V6ONLY = 26;

  private EventLoopGroup group;
  private Channel v6Only;
  private ServerSocket other;

  @BeforeEach
  void listen() throws Exception {
    assumeTrue(
        NetworkInterface.getByInetAddress(Endpoint.of("::1", 1).address()) != null,
        "a kernel without IPv6");
    assumeTrue(Epoll.isAvailable(), "no epoll");
    group = ClientTransport.group(Transport.EPOLL);
    v6Only =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .option(new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY), 1)
            .childHandler(new ChannelInboundHandlerAdapter())
            .bind(new InetSocketAddress("::", 0))
            .sync()
            .channel();
    other = new ServerSocket(OTHER_PORT, 50, HERE);
  }

  @AfterEach
  void close() throws Exception {
    if (other != null) {
      other.close();
      v6Only.close().await(10, TimeUnit.SECONDS);
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS);
    }
  }

  private int v6OnlyPort() {
    return ((InetSocketAddress) v6Only.localAddress()).getPort();
  }

  /** From the port of the listener that leaves IPv4 alone. */
  private SocketChannel connected(ProtocolFamily family) throws IOException {
    SocketChannel channel = SocketChannel.open(family);
    channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    channel.bind(new InetSocketAddress(HERE, v6OnlyPort()));
    channel.connect(other.getLocalSocketAddress());
    return channel;
  }

  private static List<TcpSocket> outgoing(int localPort) throws IOException {
    return SocketTable.read().outgoing().filter(socket -> socket.localPort() == localPort).toList();
  }

  @Test
  void anIpv4SocketIsNotTakenForAcceptedByAnIpv6Listener() throws Exception {
    try (SocketChannel channel = connected(StandardProtocolFamily.INET)) {
      assertThat(channel.isConnected()).isTrue();
      assertThat(outgoing(v6OnlyPort()))
          .containsExactly(
              new TcpSocket(HERE, v6OnlyPort(), HERE, other.getLocalPort(), TcpState.ESTABLISHED));
    }
  }

  /** The known limit. */
  @Test
  void anIpv6SocketThatTalksIpv4LooksAccepted() throws Exception {
    try (SocketChannel channel = connected(StandardProtocolFamily.INET6)) {
      assertThat(channel.isConnected()).isTrue();
      assertThat(outgoing(v6OnlyPort())).isEmpty();
    }
  }

  @Test
  void whatAnIpv6ListenerAcceptsOfIpv4IsAcceptedToItsEnd() throws Exception {
    try (ServerSocket dual = new ServerSocket(0);
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET)) {
      client.connect(new InetSocketAddress(HERE, dual.getLocalPort()));
      int clientPort = client.socket().getLocalPort();
      try (Socket accepted = dual.accept()) {
        assertThat(accepted.isConnected()).isTrue();
        assertThat(inTable(dual.getLocalPort(), clientPort)).isEqualTo(TcpState.ESTABLISHED);
        assertThat(outgoing(dual.getLocalPort())).isEmpty();
        assertThat(outgoing(clientPort)).hasSize(1);
      }
      client.shutdownOutput();
      assertThat(inTable(dual.getLocalPort(), clientPort)).isEqualTo(TcpState.TIME_WAIT);
      assertThat(outgoing(dual.getLocalPort())).isEmpty();
    }
  }

  private static TcpState inTable(int localPort, int remotePort) throws IOException {
    return SocketTable.read().stream()
        .filter(socket -> socket.localPort() == localPort && socket.remotePort() == remotePort)
        .map(TcpSocket::state)
        .findFirst()
        .orElseThrow();
  }
}
