package io.fourtuple.pool;

import io.fourtuple.port.Endpoint;
import io.fourtuple.port.HostLimits;
import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import io.fourtuple.time.SystemScheduler;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A ledger with its own ports, in real time, and connections without a network. */
final class MemoryWorld implements AutoCloseable {
  static final Destination THERE = Destination.of(Endpoint.of("203.0.113.7", 443));

  final SystemScheduler scheduler = new SystemScheduler("memory");
  final ExecutorService network = Executors.newFixedThreadPool(2);
  final PortLedger ledger =
      PortLedger.builder(HostLimits.linuxDefaults())
          .scheduler(scheduler)
          .rest(Duration.ofMillis(1))
          .build();
  final MemoryConnector connector;

  MemoryWorld(String ports) {
    connector =
        new MemoryConnector(
            ledger,
            SourceAddress.of(
                Endpoint.of("10.0.0.5", 1).address(), PortSet.parse(ports), PortSelection.OWNED),
            network);
  }

  @Override
  public void close() {
    network.shutdownNow();
    scheduler.close();
  }
}
