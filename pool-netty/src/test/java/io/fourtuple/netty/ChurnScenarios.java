package io.fourtuple.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.SocketTable;
import io.fourtuple.pool.ConnectionPool;
import io.fourtuple.pool.Destination;
import io.fourtuple.pool.Lease;
import io.netty.channel.Channel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Many short exchanges through a pool with 64 ports. Runs in a private network: see {@link
 * ConnectorIT}.
 */
class ChurnScenarios {
  private static final int EXCHANGES = 1_000;

  /**
   * Of refusals by the kernel. 15 were met on a busy host, where threads that are in the kernel
   * wait for a processor, and last acknowledgements with them, for longer than ports rest.
   */
  private static final int MOST_ABSORBED = EXCHANGES / 10;

  @ParameterizedTest
  @EnumSource
  void aPeerThatClosesFirstLeavesThePortsFree(Way way) throws Exception {
    assertThat(surfaced(way, EchoServer.CLOSE, Lease::close)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.MATCH_ANY, names = ".*OWNED")
  void ownedPortsAreTakenAgainFromTimeWait(Way way) throws Exception {
    assertThat(surfaced(way, EchoServer.STAY, Lease::discard)).isEmpty();
  }

  private interface Ending {
    void end(Lease<Channel> lease);
  }

  /** Runs exchanges, one connection each unless the lease is closed and the server stays. */
  private static List<Throwable> surfaced(Way way, byte request, Ending ending) throws Exception {
    try (EchoServer server = new EchoServer();
        Rig rig =
            new Rig(
                way,
                b ->
                    SharedLoops.use(way, b).idleReset(IdleReset.NEVER).handler(Exchange::prepare));
        ConnectionPool<Channel> pool = ConnectionPool.of(rig.connector)) {
      Destination destination = Destination.of(server.endpoint());
      List<CompletableFuture<Void>> exchanges =
          Stream.generate(
                  () ->
                      pool.acquireAsync(destination, Duration.ofSeconds(45))
                          .thenCompose(lease -> exchange(lease, request, ending)))
              .limit(EXCHANGES)
              .toList();
      List<Throwable> failures =
          exchanges.stream().map(each -> failure(each, pool)).flatMap(Optional::stream).toList();
      assertThat(rig.ledger.stats().absorbed()).isLessThan(MOST_ABSORBED);
      return failures;
    }
  }

  private static CompletableFuture<Void> exchange(
      Lease<Channel> lease, byte request, Ending ending) {
    Channel channel = lease.connection();
    return Exchange.on(lease, request)
        .orTimeout(10, TimeUnit.SECONDS)
        .handle(
            (got, error) -> {
              ending.end(lease);
              if (error != null) {
                throw new CompletionException(channel + " open=" + channel.isOpen(), error);
              }
              assertThat(got).isEqualTo(request);
              return null;
            });
  }

  /** What went wrong, with what there was then. */
  private static Optional<Throwable> failure(
      CompletableFuture<Void> exchange, ConnectionPool<Channel> pool) {
    try {
      exchange.get(30, TimeUnit.SECONDS);
      return Optional.empty();
    } catch (Exception e) {
      e.addSuppressed(new AssertionError(pool.snapshot() + ", kernel " + kernelsTable()));
      return Optional.of(e);
    }
  }

  private static String kernelsTable() {
    try {
      return SocketTable.read().stream().map(Object::toString).collect(Collectors.joining("; "));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
