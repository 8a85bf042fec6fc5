package io.fourtuple.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.KernelSocket;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.Route;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.testkit.VirtualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelWatchTest {
  private static final Endpoint SERVER = Endpoint.of("127.0.0.1", 9001);

  @TempDir Path root;

  private final VirtualTime time = new VirtualTime();
  private final AtomicInteger ends = new AtomicInteger();
  private Duration readingTakes = Duration.ZERO;

  private final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults())
          .ticker(this::slowlyRead)
          .scheduler(time.surroundings())
          .build();

  /** Lets time pass between any two looks at the clock, as reading a large table does. */
  private long slowlyRead() {
    long tick = time.read();
    if (!readingTakes.isZero()) {
      time.advance(readingTakes);
    }
    return tick;
  }

  private KernelWatch watch() {
    return new KernelWatch(ledger, root, time, ends::incrementAndGet);
  }

  private static SourceAddress source(String address, String ports) {
    return SourceAddress.of(
        Endpoint.of(address, 1).address(), PortSet.parse(ports), PortSelection.OWNED);
  }

  private void kernelShows(String tcp) {
    new HostFiles(root).file("proc/self/net/tcp", tcp);
  }

  private static String established(int localPort) {
    return String.format(
        "  sl  local_address rem_address   st%n   0: 0100007F:%04X 0100007F:2329 01 0%n",
        localPort);
  }

  /** As a route sees it that begins, or goes on, now. */
  private int foreign() {
    Route route = new Route(source("127.0.0.1", "30000-30063"), SERVER);
    assertThat(ledger.tryReserve(List.of(route))).isNotNull();
    return ledger.census(route).foreign();
  }

  @Test
  void passesOnRowsOfTheSourcesAndListeners() throws IOException {
    kernelShows(HostFiles.NAMESPACE_TCP);
    new HostFiles(root).file("proc/self/net/tcp6", HostFiles.NAMESPACE_TCP6);
    List<SourceAddress> sources =
        List.of(source("127.0.0.1", "9003,30000-30005"), source("::1", "30003,30006"));
    List<KernelSocket> relevant =
        KernelWatch.relevant(SocketTable.read(root, PortSet.parse("1-65535")), sources);
    InetAddress v4 = Endpoint.of("127.0.0.1", 1).address();
    InetAddress v6 = Endpoint.of("::1", 1).address();
    Endpoint v6Server = Endpoint.of("::1", 9002);
    assertThat(relevant)
        .contains(
            new KernelSocket(v4, 9001, null, KernelSocket.Kind.LISTENING),
            new KernelSocket(v4, 9003, null, KernelSocket.Kind.LISTENING),
            new KernelSocket(
                Endpoint.of("::", 1).address(), 9002, null, KernelSocket.Kind.LISTENING),
            new KernelSocket(v4, 30_000, SERVER, KernelSocket.Kind.OPEN),
            new KernelSocket(v4, 30_002, SERVER, KernelSocket.Kind.OPEN),
            new KernelSocket(v4, 30_004, SERVER, KernelSocket.Kind.TIME_WAIT),
            new KernelSocket(v4, 30_005, SERVER, KernelSocket.Kind.OPEN),
            new KernelSocket(v6, 30_003, v6Server, KernelSocket.Kind.OPEN),
            new KernelSocket(v6, 30_006, v6Server, KernelSocket.Kind.TIME_WAIT));
    assertThat(relevant)
        .noneMatch(socket -> socket.localAddress().equals(v4) && socket.localPort() == 40_018)
        .noneMatch(socket -> socket.remote() != null && socket.localPort() == 9001);
  }

  @Test
  void tellsTheLedgerWhatOthersHold() {
    ledger.register(source("127.0.0.1", "30000-30063"));
    kernelShows(established(30_007));
    watch().readNow();
    assertThat(foreign()).isEqualTo(1);
  }

  @Test
  void readsAgainAndAgainOnceStarted() {
    ledger.register(source("127.0.0.1", "30000-30063"));
    KernelWatch watch = watch();
    watch.start();
    watch.start();
    assertThat(time.scheduledTasks()).isEqualTo(1);
    time.advance(KernelWatch.INTERVAL);
    kernelShows(established(30_007));
    time.advance(KernelWatch.INTERVAL.minusNanos(1));
    assertThat(time.nextTaskIn()).hasValue(1);
    time.advance(KernelWatch.INTERVAL);
    assertThat(foreign()).isEqualTo(1);
  }

  @Test
  void readsInAMomentWhenTheLedgerAsksAndThenAtMostOncePerSecond() {
    ledger.register(source("127.0.0.1", "30000-30063"));
    KernelWatch watch = watch();
    watch.request();
    watch.request();
    assertThat(time.nextTaskIn()).hasValue(30_000_000);
    assertThat(time.scheduledTasks()).isEqualTo(1);
    time.advance(Duration.ofMillis(400));
    watch.request();
    assertThat(time.nextTaskIn()).hasValue(630_000_000);
    kernelShows(established(30_007));
    time.advance(Duration.ofSeconds(10));
    time.assertNothingScheduled();
    assertThat(foreign()).isEqualTo(1);
    watch.request();
    assertThat(time.nextTaskIn()).hasValue(30_000_000);
  }

  @Test
  void aSlowTableIsReadMoreSeldomOnDemand() {
    ledger.register(source("127.0.0.1", "30000-30063"));
    KernelWatch watch = watch();
    readingTakes = Duration.ofMillis(200);
    watch.readNow();
    readingTakes = Duration.ZERO;
    watch.request();
    assertThat(time.nextTaskIn().getAsLong())
        .isGreaterThanOrEqualTo(Duration.ofMillis(20 * 200 - 200).toNanos());
  }

  @Test
  void theLedgerAsksForAReadingWhenARouteBegins() {
    SourceAddress source = source("127.0.0.1", "30000-30063");
    ledger.register(source);
    watch().start();
    assertThat(ledger.tryReserve(List.of(new Route(source, SERVER)))).isNotNull();
    assertThat(time.nextTaskIn()).hasValue(30_000_000);
  }

  @Test
  void nothingIsReadWithoutSources() {
    kernelShows(established(30_007));
    watch().readNow();
    ledger.register(source("127.0.0.1", "30000-30063"));
    assertThat(foreign()).isZero();
  }

  @Test
  void anUnreadableTableIsTriedAgainLater() {
    ledger.register(source("127.0.0.1", "30000-30063"));
    KernelWatch watch = watch();
    watch.start();
    time.advance(KernelWatch.INTERVAL);
    kernelShows(established(30_007));
    time.advance(KernelWatch.INTERVAL);
    assertThat(foreign()).isEqualTo(1);
  }

  @Test
  void endsOnceTheLedgerIsGone() {
    ledger.register(source("127.0.0.1", "30000-30063"));
    KernelWatch watch = watch();
    watch.start();
    watch.ledger.clear();
    time.advance(KernelWatch.INTERVAL);
    assertThat(ends).hasValue(1);
    time.assertNothingScheduled();
    watch.request();
    time.assertNothingScheduled();
  }
}
