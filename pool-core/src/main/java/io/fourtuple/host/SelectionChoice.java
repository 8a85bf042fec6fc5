package io.fourtuple.host;

import io.fourtuple.port.PortSelection;

/**
 * Which selection a host and a transport allow.
 *
 * @param selection the one to be used
 * @param reason why, for the log
 */
record SelectionChoice(PortSelection selection, String reason) {

  /**
   * Takes what the user asked for, or else the first that exists of PINNED, KERNEL and OWNED.
   *
   * @throws IllegalArgumentException where host or transport cannot do it, with the way out
   */
  static SelectionChoice choose(
      PortsConfig config, HostNetwork network, TransportAbilities abilities) {
    if (!network.isLinux()) {
      return elsewhere(config, network);
    }
    return config.selection() == null
        ? automatic(config, network, abilities)
        : asked(config.selection(), config, abilities);
  }

  private static SelectionChoice elsewhere(PortsConfig config, HostNetwork network) {
    PortSelection selection = config.selection();
    if (!config.isUnbound()) {
      if (selection != PortSelection.EXCLUSIVE) {
        throw new IllegalArgumentException(
            "selection must be EXCLUSIVE where sources are given on "
                + network.osName()
                + ", was "
                + (selection == null ? "automatic" : selection)
                + ": binding a source takes its port from every destination, so each has "
                + network.kernelPorts().size()
                + " connections in all, not to each destination; ask for that, or leave the"
                + " sources out; were "
                + config.sources());
      }
      return new SelectionChoice(selection, "it was asked for");
    }
    if ((selection != null && selection != PortSelection.KERNEL)
        || !config.canLeaveToKernel(network)) {
      throw new IllegalArgumentException(
          "selection must be KERNEL, without ports, on "
              + network.osName()
              + ", was "
              + (selection == null ? "automatic" : selection)
              + " with ports "
              + (config.ports() == null ? "not given" : config.ports()));
    }
    return new SelectionChoice(
        PortSelection.KERNEL, network.osName() + " picks well only where no source is bound");
  }

  private static SelectionChoice asked(
      PortSelection selection, PortsConfig config, TransportAbilities abilities) {
    switch (selection) {
      case PINNED -> {
        if (!canPin(abilities)) {
          throw refused(selection, "IP_BIND_ADDRESS_NO_PORT and IP_LOCAL_PORT_RANGE (Linux 6.3)");
        }
      }
      case KERNEL -> {
        if (!config.isUnbound() && !abilities.bindAddressNoPort()) {
          throw refused(selection, "IP_BIND_ADDRESS_NO_PORT (Linux 4.2), as sources are given");
        }
      }
      case OWNED -> {
        // SO_REUSEADDR and an explicit port: every transport has them.
      }
      case EXCLUSIVE -> {
        // A plain bind: every transport has it, at a cost of which HostPorts warns.
      }
    }
    return new SelectionChoice(selection, "it was asked for");
  }

  private static IllegalArgumentException refused(PortSelection selection, String needed) {
    return new IllegalArgumentException(
        "selection "
            + selection
            + " needs a transport that can set "
            + needed
            + "; use a native transport, or OWNED, or leave the selection out");
  }

  private static SelectionChoice automatic(
      PortsConfig config, HostNetwork network, TransportAbilities abilities) {
    if (canPin(abilities) && config.canPin(network)) {
      return new SelectionChoice(
          PortSelection.PINNED, "the transport can narrow the kernel's choice to one port");
    }
    boolean kernelPicksPerTuple = config.isUnbound() || abilities.bindAddressNoPort();
    if (kernelPicksPerTuple && config.canLeaveToKernel(network)) {
      return new SelectionChoice(
          PortSelection.KERNEL,
          config.isUnbound()
              ? "the transport cannot pin ports, and no source is bound"
              : "the transport cannot pin ports, but can bind a source without a port");
    }
    if (config.canOwn(network)) {
      return new SelectionChoice(
          PortSelection.OWNED,
          config.ports() == null
              ? "the transport can only bind source and port at once"
              : "the given ports can only be bound explicitly here");
    }
    throw new IllegalArgumentException(
        "ports "
            + config.ports()
            + " are handed out by the kernel, and this transport can neither pin them nor leave"
            + " the choice to the kernel; use a native transport on Linux 6.3 or newer, or give"
            + " ports outside of "
            + network.kernelPorts());
  }

  private static boolean canPin(TransportAbilities abilities) {
    return abilities.bindAddressNoPort() && abilities.localPortRange();
  }
}
