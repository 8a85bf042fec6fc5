package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.time.Scheduler;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which NAT stands before which address of a host. */
final class SimulatedNats {
  private final Scheduler timers;
  private final Map<InetAddress, SimulatedNat> before = new HashMap<>();
  private @Nullable SimulatedNat beforeAll;

  SimulatedNats(Scheduler timers) {
    this.timers = timers;
  }

  /** Puts all addresses behind a NAT that have none of their own. */
  SimulatedNat putBeforeAll(int ports, Duration hold) {
    SimulatedNat nat = new SimulatedNat(timers, ports, hold);
    beforeAll = nat;
    return nat;
  }

  /** Puts some addresses behind a NAT. */
  void put(int ports, Duration hold, Collection<InetAddress> addresses) {
    SimulatedNat nat = new SimulatedNat(timers, ports, hold);
    addresses.forEach(address -> before.put(address, nat));
  }

  /** The NAT before an address; null for none. */
  @Nullable SimulatedNat before(InetAddress address) {
    return before.getOrDefault(address, beforeAll);
  }

  Set<SimulatedNat> all() {
    Set<SimulatedNat> all = new LinkedHashSet<>(before.values());
    if (beforeAll != null) {
      all.add(beforeAll);
    }
    return all;
  }

  /** The SYN of a socket leaves the host; false where a NAT drops it. */
  boolean passes(SimulatedSocket socket, Endpoint endpoint) {
    SimulatedNat nat = before(socket.localAddress());
    socket.isDroppedByNat = nat != null && !nat.passes(socket, endpoint);
    return !socket.isDroppedByNat;
  }
}
