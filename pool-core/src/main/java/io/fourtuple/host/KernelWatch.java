package io.fourtuple.host;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.KernelSocket;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.Scheduler;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a ledger in agreement with the kernel's socket table: every half minute, and soon after the
 * ledger asks. Reads on a daemon thread of its own, which starts with {@link #start}, because a
 * table of 100,000 rows takes some 200 ms.
 *
 * <p>Holds the ledger weakly, so that it ends by itself once nobody uses the ledger. Thread-safe.
 */
final class KernelWatch {
  static final Duration INTERVAL = Duration.ofSeconds(30);

  /** However often the ledger asks. */
  static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);

  /** What was closed just now rests for 10 ms first, and only then can the table tell of it. */
  private static final Duration SETTLING = Duration.ofMillis(30);

  /** Reading on demand takes 5 % of one core at most. */
  private static final int PAUSE_PER_READ = 20;

  private static final Logger log = LoggerFactory.getLogger(KernelWatch.class);

  final WeakReference<PortLedger> ledger;

  private final Path root;
  private final Scheduler scheduler;
  private final Runnable end;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicBoolean requested = new AtomicBoolean();
  private final AtomicBoolean failing = new AtomicBoolean();
  private volatile long nextOnDemand;

  /**
   * Makes a watch that does nothing yet.
   *
   * @param root where {@code proc} lies
   * @param end lets the scheduler go once the ledger is gone
   */
  KernelWatch(PortLedger ledger, Path root, Scheduler scheduler, Runnable end) {
    this.ledger = new WeakReference<>(ledger);
    this.nextOnDemand = ledger.ticker().read();
    this.root = root;
    this.scheduler = scheduler;
    this.end = end;
  }

  /** Begins to read in the background, unless it has begun. */
  void start() {
    PortLedger watched = ledger.get();
    if (watched != null && started.compareAndSet(false, true)) {
      watched.reconciler(this::request);
      scheduler.schedule(this::readAndScheduleNext, INTERVAL);
    }
  }

  /** Reads in a moment, at most once per second; never here. */
  void request() {
    PortLedger watched = ledger.get();
    if (watched != null && requested.compareAndSet(false, true)) {
      long left = nextOnDemand - watched.ticker().read();
      scheduler.schedule(this::readRequested, Duration.ofNanos(Math.max(left, SETTLING.toNanos())));
    }
  }

  private void readRequested() {
    requested.set(false);
    readNow();
  }

  private void readAndScheduleNext() {
    try {
      readNow();
    } finally {
      if (ledger.get() == null) {
        end.run();
      } else {
        scheduler.schedule(this::readAndScheduleNext, INTERVAL);
      }
    }
  }

  /** Reads the kernel's table and tells the ledger, on this thread. */
  void readNow() {
    PortLedger watched = ledger.get();
    if (watched == null) {
      return;
    }
    List<SourceAddress> sources = watched.sources();
    if (sources.isEmpty()) {
      return;
    }
    long before = watched.ticker().read();
    SocketTable table = read(portsOf(sources));
    if (table != null) {
      long corrections = watched.stats().corrections();
      watched.reconcile(relevant(table, sources), before);
      long now = watched.stats().corrections() - corrections;
      if (now > 0) { // or a few more: connects go on meanwhile
        log.debug("the kernel's table and the ledger disagreed on {} ports; the kernel won", now);
      }
    }
    long after = watched.ticker().read();
    nextOnDemand = after + Math.max(SHORTEST_INTERVAL.toNanos(), PAUSE_PER_READ * (after - before));
  }

  private @Nullable SocketTable read(PortSet ports) {
    try {
      SocketTable table = SocketTable.read(root, ports);
      failing.set(false);
      return table;
    } catch (IOException e) {
      if (failing.compareAndSet(false, true)) {
        log.warn("cannot read the kernel's socket table; ports of others are met one by one", e);
      }
      return null;
    }
  }

  private static PortSet portsOf(List<SourceAddress> sources) {
    return new PortSet(
        sources.stream().flatMap(source -> source.ports().ranges().stream()).toList());
  }

  /** The rows that matter to some sources: listeners, and sockets on their addresses and ports. */
  static List<KernelSocket> relevant(SocketTable table, List<SourceAddress> sources) {
    Map<InetAddress, PortSet> portsByAddress = new HashMap<>();
    for (SourceAddress source : sources) {
      portsByAddress.merge(source.address(), source.ports(), PortSet::plus);
    }
    List<KernelSocket> relevant = new ArrayList<>();
    for (TcpSocket socket : table) {
      KernelSocket.Kind kind = socket.state().kind();
      if (kind == KernelSocket.Kind.LISTENING) {
        relevant.add(new KernelSocket(socket.localAddress(), socket.localPort(), null, kind));
      } else if (kind != null
          && socket.remotePort() != 0
          && portsByAddress
              .getOrDefault(socket.localAddress(), PortSet.empty())
              .contains(socket.localPort())) {
        Endpoint remote = new Endpoint(socket.remoteAddress(), socket.remotePort());
        relevant.add(new KernelSocket(socket.localAddress(), socket.localPort(), remote, kind));
      }
    }
    return relevant;
  }
}
