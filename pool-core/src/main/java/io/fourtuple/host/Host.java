package io.fourtuple.host;

import io.fourtuple.port.PortLedger;
import io.fourtuple.port.PortSet;
import io.fourtuple.time.SystemScheduler;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host, and the ledger of its ports.
 *
 * @param network what it says
 * @param ledger whose ports are counted
 * @param root where its {@code proc} and {@code etc} lie; null where it has none or is made up
 * @param watch keeps the ledger in agreement with the kernel; null where there is no table to read
 * @param addresses follows its addresses; null where they are not known
 */
record Host(
    HostNetwork network,
    PortLedger ledger,
    @Nullable Path root,
    @Nullable KernelWatch watch,
    @Nullable AddressWatch addresses) {

  private static final Logger log = LoggerFactory.getLogger(Host.class);

  /** What the host that this program runs on says; what it does not say is logged in one line. */
  static HostNetwork readNetwork() {
    HostNetwork network = HostNetwork.read();
    if (!network.assumed().isEmpty()) {
      log.warn(
          "could not read {} on {}; assuming {}, unprivileged ports from {}",
          String.join(", ", network.assumed()),
          network.osName(),
          network.limits(),
          network.unprivilegedPortStart());
    }
    return network;
  }

  /** The host that this program runs on. */
  static Host real(HostNetwork network, PortLedger ledger) {
    Path root = Path.of("/");
    SystemScheduler scheduler = new SystemScheduler("fourtuple-kernel-watch");
    AddressWatch addresses = new AddressWatch(ledger, new SystemAddresses(), scheduler);
    return network.isLinux()
        ? new Host(
            network,
            ledger,
            root,
            new KernelWatch(ledger, root, scheduler, scheduler::close),
            addresses)
        : new Host(network, ledger, null, null, addresses);
  }

  /** A host of which nothing but {@code network} is known. */
  static Host simulated(HostNetwork network, PortLedger ledger) {
    return new Host(network, ledger, null, null, null);
  }

  /** Ports that other programs are known to use. */
  PortSet takenPorts() {
    return root == null ? PortSet.empty() : OwnedBlock.taken(root);
  }
}
