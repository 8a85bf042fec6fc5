package io.fourtuple.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.fourtuple.host.HostNetwork;
import io.fourtuple.host.HostPorts;
import io.fourtuple.host.SocketTable;
import io.fourtuple.port.Endpoint;
import io.fourtuple.port.PortCensus;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A factory with few ports of a loopback address that nobody else uses, and a server to connect to.
 */
final class SocketRig implements AutoCloseable {
  static final int FIRST_PORT = 15_000;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_LOOKS = 20_000;

  final InetAddress source = anySource();
  final PortLedger ledger = PortLedger.create(HostNetwork.read().limits());
  final HostPorts ports;
  final ServerSocket server;
  final BudgetedSocketFactory sockets;

  SocketRig(int ports) throws IOException {
    this(ports, PATIENCE, 10);
  }

  SocketRig(int ports, Duration maxWait, int maxWaiters) throws IOException {
    this.ports =
        HostPorts.builder()
            .sources(source.getHostAddress())
            .selection(PortSelection.OWNED)
            .ports(new PortRange(FIRST_PORT, FIRST_PORT + ports - 1))
            .ledger(ledger)
            .build();
    server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    sockets =
        BudgetedSocketFactory.builder()
            .ports(this.ports)
            .maxWait(maxWait)
            .maxWaiters(maxWaiters)
            .traceLostSockets()
            .build();
  }

  private static InetAddress anySource() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return Endpoint.of(
            "127.%d.%d.%d"
                .formatted(random.nextInt(1, 255), random.nextInt(256), random.nextInt(1, 255)),
            1)
        .address();
  }

  Socket connected() throws IOException {
    return sockets.createSocket(server.getInetAddress(), server.getLocalPort());
  }

  /** A connection and its peer. */
  record Pair(Socket client, Socket peer) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
      peer.close();
    }
  }

  Pair pair() throws IOException {
    Socket client = connected();
    return new Pair(client, server.accept());
  }

  PortCensus census() {
    return ledger.census().get(0);
  }

  /** What is counted while nothing is under way: {@code established/closing/time-wait/foreign}. */
  String counts() {
    PortCensus now = census();
    assertThat(now.reserved() + now.connecting() + now.waiting()).as(now::summary).isZero();
    return "%d/%d/%d/%d".formatted(now.established(), now.closing(), now.timeWait(), now.foreign());
  }

  int connecting() {
    return ledger.census().stream().mapToInt(PortCensus::connecting).sum();
  }

  Budget budget() {
    return sockets.budget();
  }

  void awaitFree(int ports) {
    await(() -> census().free() == ports, () -> census().summary());
  }

  /** What the kernel has from our source. */
  long inKernel() {
    try (var rows = SocketTable.read().stream()) {
      return rows.filter(row -> row.localAddress().equals(source)).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(BooleanSupplier condition, Supplier<?> otherwise) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      assertThat(i).as(() -> "" + otherwise.get()).isLessThan(MOST_LOOKS);
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** What a thread of its own does, until it is interrupted. */
  static final class Running {
    final Thread thread;
    private final CompletableFuture<String> outcome = new CompletableFuture<>();

    interface Task {
      void run() throws Exception;
    }

    Running(Task task) {
      this.thread = new Thread(() -> run(task), "running");
      thread.setDaemon(true);
      thread.start();
    }

    private void run(Task task) {
      String what;
      try {
        task.run();
        what = "done";
      } catch (Exception e) {
        what = e.getClass().getSimpleName() + ": " + e.getMessage();
      }
      outcome.complete(what + (thread.isInterrupted() ? " (interrupted)" : ""));
    }

    String outcome() throws Exception {
      return outcome.get(30, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
