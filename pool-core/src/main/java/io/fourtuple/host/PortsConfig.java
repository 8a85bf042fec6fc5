package io.fourtuple.host;

import io.fourtuple.port.ExternalCap;
import io.fourtuple.port.PortBudget;
import io.fourtuple.port.PortRange;
import io.fourtuple.port.PortSelection;
import io.fourtuple.port.PortSet;
import org.jspecify.annotations.Nullable;

/**
 * What a user asked of a {@link HostPorts}.
 *
 * @param sources where connections come from
 * @param selection null for automatic
 * @param ports null for those that the selection implies
 * @param ownsEphemeralPorts whether {@link PortSelection#OWNED} may take ports that the kernel
 *     hands out
 * @param headRoom ports left to others; null for the default
 * @param highMarkPercent null for the default
 * @param cap a limit outside of the host, shared by all sources; null for none
 */
record PortsConfig(
    SourceOrigin sources,
    @Nullable PortSelection selection,
    @Nullable PortSet ports,
    boolean ownsEphemeralPorts,
    @Nullable Integer headRoom,
    @Nullable Integer highMarkPercent,
    @Nullable ExternalCap cap) {

  static final PortsConfig UNBOUND =
      new PortsConfig(new SourceOrigin.Kernel(), null, null, false, null, null, null);

  /** The same, from other sources. */
  PortsConfig from(SourceOrigin others) {
    return new PortsConfig(
        others, selection, ports, ownsEphemeralPorts, headRoom, highMarkPercent, cap);
  }

  boolean isUnbound() {
    return sources instanceof SourceOrigin.Kernel;
  }

  PortBudget budget(PortSelection chosen, int size) {
    PortBudget budget = PortBudget.defaultFor(chosen, size);
    if (headRoom != null) {
      budget = budget.withHeadRoom(headRoom);
    }
    return highMarkPercent == null ? budget : budget.withHighMarkPercent(highMarkPercent);
  }

  /** Whether the ledger may pick the given ports and narrow the kernel's choice to one of them. */
  boolean canPin(HostNetwork network) {
    return ports == null
        || (lieWithin(network.limits().ephemeral(), ports)
            && !ports.minus(network.limits().reserved()).isEmpty());
  }

  /** Whether the given ports are all those that the kernel picks from. */
  boolean canLeaveToKernel(HostNetwork network) {
    return ports == null || (canPin(network) && network.kernelPorts().minus(ports).isEmpty());
  }

  /** Whether the given ports may be bound explicitly. */
  boolean canOwn(HostNetwork network) {
    return ports == null
        || (!ports.intersects(network.privilegedPorts())
            && (ownsEphemeralPorts || !ports.intersects(network.kernelPorts())));
  }

  /**
   * Refuses what cannot be used as asked on that host.
   *
   * @throws IllegalArgumentException with field, rule and value
   */
  void check(HostNetwork network) {
    if (selection == PortSelection.EXCLUSIVE) {
      checkExclusive();
    }
    if (ports == null) {
      return;
    }
    if (headRoom != null && headRoom >= ports.size()) {
      throw new IllegalArgumentException(
          "headRoom must be below the number of ports, " + ports.size() + ", was " + headRoom);
    }
    if (selection == PortSelection.KERNEL || selection == PortSelection.EXCLUSIVE) {
      checkKernel(network);
    } else if (selection == PortSelection.PINNED) {
      checkPinned(network);
    } else if (selection == PortSelection.OWNED || !canPin(network)) {
      checkOwned(network, ports);
    }
  }

  private void checkExclusive() {
    if (isUnbound()) {
      throw new IllegalArgumentException(
          "sources must be given for EXCLUSIVE, were none; without them use KERNEL, which takes no"
              + " port from other destinations");
    }
    if (cap != null) {
      throw new IllegalArgumentException(
          "externalCap must be left out with EXCLUSIVE, which is for several sources: behind one"
              + " public address they add nothing, so leave the sources out instead; was "
              + cap);
    }
  }

  private void checkPinned(HostNetwork network) {
    if (!canPin(network)) {
      throw new IllegalArgumentException(
          "ports must lie within ip_local_port_range ("
              + network.limits().ephemeral()
              + ") and not all be reserved ("
              + network.limits().reserved()
              + ") for "
              + selection
              + ", because the kernel silently ignores others; were "
              + ports);
    }
  }

  private void checkKernel(HostNetwork network) {
    checkPinned(network);
    if (!canLeaveToKernel(network)) {
      throw new IllegalArgumentException(
          "ports must be all of "
              + network.kernelPorts()
              + " for "
              + selection
              + ", because the kernel picks among all of them; were "
              + ports
              + "; leave them out"
              + (selection == PortSelection.KERNEL ? ", or use PINNED" : ""));
    }
  }

  private void checkOwned(HostNetwork network, PortSet asked) {
    if (asked.intersects(network.privilegedPorts())) {
      throw new IllegalArgumentException(
          "ports must not lie below ip_unprivileged_port_start ("
              + network.unprivilegedPortStart()
              + "); were "
              + asked);
    }
    if (!canOwn(network)) {
      throw new IllegalArgumentException(
          "ports must not be handed out by the kernel ("
              + network.kernelPorts()
              + ") where they are bound explicitly, because every one in use is taken from all"
              + " programs; were "
              + asked
              + "; make room with: sysctl -w "
              + LinuxNetwork.RESERVED_PORTS
              + "="
              + network.limits().reserved().plus(asked)
              + ", or call ownEphemeralPorts()");
    }
  }

  private static boolean lieWithin(PortRange range, PortSet ports) {
    return ports.minus(PortSet.of(range)).isEmpty();
  }
}
