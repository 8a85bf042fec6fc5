package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.EndpointResolver;
import io.fourtuple.pool.EndpointSnapshot;
import io.fourtuple.pool.Lease;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.testkit.VirtualTime;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Destinations by name on real sockets. Runs in a private network: see {@link ConnectorIT}. */
class NameScenarios {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final Destination SHOP = Destination.named("shop.example", 443);

  @ParameterizedTest
  @EnumSource
  void aSilentAddressIsOutrunAndItsPortComesBack(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        RawServer silent = RawServer.silent();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(rig.connector)
                .random(() -> 0L) // draws the first address
                .resolver(knows(silent.endpoint(), server.endpoint()))
                .build()) {
      try (Lease<Channel> lease = pool.acquire(SHOP, PATIENT)) {
        assertThat(lease.route().endpoint()).isEqualTo(server.endpoint());
        assertThat(Exchange.on(lease, EchoServer.STAY).get(10, TimeUnit.SECONDS))
            .isEqualTo(EchoServer.STAY);
      }
      SocketWorld.awaitUntil("the loser is gone", () -> pool.snapshot().connecting() == 0);
      SocketWorld.awaitUntil(
          "its port has come back",
          () ->
              rig.ledger.census().stream()
                  .allMatch(it -> it.reserved() + it.connecting() + it.closing() == 0));
      assertThat(pool.snapshot().destinations().get(0).endpoints())
          .extracting(EndpointSnapshot::failures)
          .containsExactly(0, 0);
      PoolScenarios.assertNothingSurfaced(pool);
    }
  }

  /** A loop that is held up has not even sent the SYN when the pool finds it slow. */
  @ParameterizedTest
  @EnumSource
  void noOtherAddressIsTriedWhereOnlyTheLoopIsLate(Way way) throws Exception {
    VirtualTime time = new VirtualTime();
    try (EchoServer server = new EchoServer();
        EchoServer other = new EchoServer();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(rig.connector)
                .scheduler(time)
                .random(() -> 0L)
                .resolver(knows(server.endpoint(), other.endpoint()))
                .build()) {
      Attempt first = rig.connect(server.endpoint());
      List<CompletableFuture<Lease<Channel>>> asked = new ArrayList<>();
      Runnable heldUp =
          () -> {
            asked.add(pool.acquireAsync(SHOP, PATIENT));
            time.advance(Duration.ofMillis(250));
          };
      first.channel().eventLoop().submit(heldUp).get();
      Lease<Channel> lease = asked.get(0).get(30, TimeUnit.SECONDS);
      lease.close();
      assertThat(lease.route().endpoint()).isEqualTo(server.endpoint());
      assertThat(rig.ledger.stats().reserved()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDnsSaysWhereANameIs(Way way) throws Exception {
    try (EchoServer server = new EchoServer();
        NameServer names = new NameServer();
        DnsEndpointResolver resolver =
            DnsEndpointResolver.builder().nameServers(List.of(names.address())).build();
        Rig rig = rig(way);
        ConnectionPool<Channel> pool =
            ConnectionPool.builder(rig.connector).resolver(resolver).build()) {
      names.address("shop.example", 300, server.endpoint().address());
      Destination shop = Destination.named("shop.example", server.endpoint().port());
      try (Lease<Channel> lease = pool.acquire(shop, PATIENT)) {
        assertThat(lease.route().endpoint()).isEqualTo(server.endpoint());
      }
      assertThat(rig.ledger.census()).extracting(PortCensus::established).containsExactly(1);
    }
  }

  private static EndpointResolver knows(Endpoint... endpoints) {
    return (host, port) ->
        CompletableFuture.completedFuture(
            new EndpointResolver.Resolution(List.of(endpoints), Duration.ofHours(1)));
  }

  private static Rig rig(Way way) {
    return new Rig(way, builder -> SharedLoops.use(way, builder).handler(Exchange::prepare));
  }
}
