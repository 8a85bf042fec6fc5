package io.fourtuple.host;

import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import io.fourtuple.port.SourceAddress;
import java.net.InetAddress;

/**
 * Gives addresses their ports.
 *
 * @param ports those of every address, unless the ledger knows it with others that were found first
 */
record SourceMaker(Host host, PortsConfig config, PortSelection selection, PortSet ports) {

  /**
   * For a selection that host and transport allow.
   *
   * @throws IllegalStateException where no port is left that may be used, with the command that
   *     makes room
   */
  static SourceMaker of(Host host, PortsConfig config, PortSelection selection) {
    return new SourceMaker(host, config, selection, ports(host, config, selection));
  }

  private static PortSet ports(Host host, PortsConfig config, PortSelection selection) {
    PortSet given = config.ports();
    if (selection == PortSelection.OWNED) {
      return given != null ? given : OwnedBlock.find(host.network(), host.takenPorts());
    }
    PortSet ports =
        given != null
            ? given.minus(host.network().limits().reserved())
            : host.network().kernelPorts();
    if (ports.isEmpty()) {
      throw new IllegalStateException(
          "all ports of ip_local_port_range ("
              + host.network().limits().ephemeral()
              + ") are reserved; make room with: sysctl -w "
              + LinuxNetwork.RESERVED_PORTS
              + "=\"\"");
    }
    return ports;
  }

  /** An address as a source. */
  SourceAddress source(InetAddress address) {
    PortSet own =
        selection == PortSelection.OWNED && config.ports() == null
            ? blockOnceFoundFor(address)
            : ports;
    return new SourceAddress(
        address, own, selection, config.budget(selection, own.size()), config.cap());
  }

  /** Keeps to the block that was found first, though programs have begun to listen since. */
  private PortSet blockOnceFoundFor(InetAddress address) {
    return host.ledger().sources().stream()
        .filter(source -> source.selection() == PortSelection.OWNED)
        .filter(source -> source.address().equals(address))
        .map(SourceAddress::ports)
        .findFirst()
        .orElse(ports);
  }
}
