package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.PortDiagnosis;
import io.fourtuple.host.PortDiagnosis.Evidence;
import io.fourtuple.host.PortDiagnosis.Kind;
import io.fourtuple.host.SocketTable;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * What {@link PortDiagnosis} makes of errors that this kernel gave to Netty's transports and to
 * Java's HTTP client. Runs in a private network: see {@link DiagnosisIT}.
 */
class DiagnosisScenarios {
  private static final InetSocketAddress NO_SERVER = new InetSocketAddress("127.0.0.1", 51_999);

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "KQUEUE")
  void aFullRouteIsNamedAndOthersAreNot(Transport transport) throws Exception {
    try (EchoServer full = new EchoServer();
        EchoServer other = new EchoServer();
        Client client = new Client(transport)) {
      client.fill(full);
      PortDiagnosis alone = PortDiagnosis.of(client.failure(full.endpoint().toSocketAddress()));
      assertThat(alone.kind()).as("%s", alone).isEqualTo(Kind.NO_LOCAL_PORT);
      PortDiagnosis checked = checked(client.failure(full.endpoint().toSocketAddress()));
      assertThat(checked.evidence()).as("%s", checked).isEqualTo(Evidence.CONFIRMED);
      assertThat(client.connect(other.endpoint().toSocketAddress()).isSuccess()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "KQUEUE")
  void aSourceWithoutPortsToBindIsNamed(Transport transport) throws Exception {
    try (EchoServer server = new EchoServer();
        Client client = new Client(transport)) {
      client.bootstrap.localAddress("127.0.0.1", 0);
      client.fill(server);
      PortDiagnosis diagnosis = checked(client.failure(server.endpoint().toSocketAddress()));
      assertThat(diagnosis.kind()).as("%s", diagnosis).isEqualTo(Kind.NO_LOCAL_PORT);
      assertThat(diagnosis.evidence()).isEqualTo(Evidence.CONFIRMED);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NIO", "EPOLL"}) // whose exceptions name the peer
  void portsThatOthersHaveBoundAreNeitherCalledFreeNorSpent(Transport transport) throws Exception {
    try (EchoServer server = new EchoServer();
        EchoServer untouched = new EchoServer();
        Client bound = new Client(transport);
        Client client = new Client(transport)) {
      bound.bootstrap.localAddress("127.0.0.1", 0);
      bound.fill(server);
      PortDiagnosis diagnosis = checked(client.failure(untouched.endpoint().toSocketAddress()));
      assertThat(diagnosis.kind()).as("%s", diagnosis).isEqualTo(Kind.NO_LOCAL_PORT);
      assertThat(diagnosis.evidence()).isEqualTo(Evidence.UNCHECKED);
      assertThat(diagnosis.toString()).contains("not decided by: all sources to anywhere: ");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "KQUEUE")
  void aForeignSourceIsNamed(Transport transport) throws Exception {
    try (Client client = new Client(transport)) {
      client.bootstrap.localAddress("192.0.2.7", 0);
      assertThat(PortDiagnosis.of(client.failure(NO_SERVER)).kind())
          .isEqualTo(Kind.ADDRESS_NOT_AVAILABLE);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "KQUEUE")
  void whatIsTheOtherEndsIsLeftToIt(Transport transport) throws Exception {
    try (RawServer silent = RawServer.silent();
        Client client = new Client(transport)) {
      client.bootstrap.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 100);
      assertThat(PortDiagnosis.of(client.failure(NO_SERVER)).kind()).isEqualTo(Kind.REMOTE);
      PortDiagnosis noAnswer = checked(client.failure(silent.endpoint().toSocketAddress()));
      assertThat(noAnswer.kind()).as("%s", noAnswer).isEqualTo(Kind.REMOTE);
      assertThat(noAnswer.meaning()).contains("did not answer");
    }
  }

  @Test
  void javasHttpClientIsUnderstoodToo() throws Exception {
    HttpClient hasty = HttpClient.newBuilder().connectTimeout(Duration.ofMillis(100)).build();
    try (EchoServer full = new EchoServer();
        RawServer silent = RawServer.silent();
        Client client = new Client(Transport.NIO)) {
      assertThat(failure(hasty, NO_SERVER).kind()).isEqualTo(Kind.REMOTE);
      assertThat(failure(hasty, silent.endpoint().toSocketAddress()).kind()).isEqualTo(Kind.REMOTE);
      client.fill(full);
      HttpClient patient = HttpClient.newHttpClient();
      PortDiagnosis diagnosis = failure(patient, full.endpoint().toSocketAddress());
      assertThat(diagnosis.kind()).as("%s", diagnosis).isEqualTo(Kind.NO_LOCAL_PORT);
      assertThat(diagnosis.evidence()).isEqualTo(Evidence.CONFIRMED);
    }
  }

  @Test
  void refusalsOfThePoolAreNamedByTheirOwnCounts() throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig = new Rig(Way.NIO_OWNED);
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      List<Lease<Channel>> leases = PoolScenarios.leases(pool, destination, Way.EPHEMERAL.size());
      PortDiagnosis spent = PortDiagnosis.of(refusal(pool, destination));
      assertThat(spent.kind()).as("%s", spent).isEqualTo(Kind.NO_LOCAL_PORT);
      assertThat(spent.evidence()).isEqualTo(Evidence.CONFIRMED);
      assertThat(spent.stock().get(0)).endsWith("64 in use, 0 in TIME_WAIT, 0 free");
      leases.forEach(Lease::discard);
    }
  }

  @Test
  void aRefusalOfThePoolForAnotherReasonIsLeftToItsOwnWords() throws Exception {
    try (Rig rig = new Rig(Way.NIO_OWNED)) {
      ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector);
      pool.close();
      PortDiagnosis closed =
          PortDiagnosis.of(refusal(pool, Destination.of(Endpoint.of(NO_SERVER))));
      assertThat(closed.kind()).isEqualTo(Kind.OTHER);
      assertThat(closed.meaning()).isEqualTo("a refusal of the pool's, which says why");
    }
  }

  private static Throwable refusal(ConnectionPool<Channel> pool, Destination destination) {
    var waiting = pool.acquireAsync(destination, Duration.ofMillis(50));
    return catchThrowable(() -> waiting.get(10, TimeUnit.SECONDS));
  }

  private static PortDiagnosis checked(Throwable error) throws IOException {
    return PortDiagnosis.of(error, HostNetwork.read(), SocketTable.read());
  }

  private static PortDiagnosis failure(HttpClient http, InetSocketAddress address)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + address.getPort() + "/");
    try {
      http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
    } catch (IOException e) {
      return checked(e);
    }
    throw new AssertionError("there was an answer");
  }

  @Sharable
  private static final class Nothing extends ChannelInboundHandlerAdapter {}

  /** A bootstrap without anything of this library's. */
  private static final class Client implements AutoCloseable {
    final EventLoopGroup group;
    final Bootstrap bootstrap;
    final List<Channel> channels = new ArrayList<>();

    Client(Transport transport) {
      assumeTrue(transport != Transport.EPOLL || Epoll.isAvailable(), "no epoll");
      assumeTrue(transport != Transport.IO_URING || IoUring.isAvailable(), "no io_uring");
      group = ClientTransport.group(transport);
      bootstrap =
          new Bootstrap()
              .group(group)
              .channelFactory(ClientTransport.channels(transport))
              // Closed without TIME_WAIT: the next test needs the ports.
              .option(ChannelOption.SO_LINGER, 0)
              .handler(new Nothing());
    }

    ChannelFuture connect(InetSocketAddress address) throws InterruptedException {
      ChannelFuture future = bootstrap.connect(address);
      assertThat(future.await(10, TimeUnit.SECONDS)).as("done").isTrue();
      channels.add(future.channel());
      return future;
    }

    void fill(EchoServer server) throws InterruptedException {
      for (int i = 0; i < Way.EPHEMERAL.size(); i++) {
        ChannelFuture future = connect(server.endpoint().toSocketAddress());
        assertThat(future.isSuccess()).as("connection %s: %s", i, future.cause()).isTrue();
      }
    }

    Throwable failure(InetSocketAddress address) throws InterruptedException {
      Throwable cause = connect(address).cause();
      assertThat(cause).as("failure of a connect to %s", address).isNotNull();
      return cause;
    }

    @Override
    public void close() {
      channels.forEach(channel -> channel.close().awaitUninterruptibly());
      group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
  }
}
