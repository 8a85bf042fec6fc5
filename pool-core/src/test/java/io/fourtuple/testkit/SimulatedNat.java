package io.fourtuple.testkit;

import io.fourtuple.port.Endpoint;
import io.fourtuple.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A NAT with one public address in front of a host: so many ports to each endpoint, whatever the
 * source, each held for a while after its connection has ended. A SYN beyond them is dropped
 * without a word, so whoever does not count meets connects that time out.
 */
public final class SimulatedNat {
  private final Scheduler timers;
  private final int ports;
  private final Duration hold;
  private final Map<Endpoint, Integer> used = new HashMap<>();
  private long passed;
  private long dropped;

  SimulatedNat(Scheduler timers, int ports, Duration hold) {
    this.timers = timers;
    this.ports = ports;
    this.hold = hold;
  }

  /** Ports towards an endpoint that are in use or held. */
  public int used(Endpoint endpoint) {
    return used.getOrDefault(endpoint, 0);
  }

  /** Whether it has no port left towards an endpoint. */
  boolean isFull(Endpoint endpoint) {
    return used(endpoint) >= ports;
  }

  boolean isEmpty() {
    return used.values().stream().allMatch(count -> count == 0);
  }

  /** How many SYNs it has let pass. */
  long passed() {
    return passed;
  }

  /** How many SYNs it has dropped. */
  public long dropped() {
    return dropped;
  }

  /** The SYN of a socket passes and takes a port; false where it is dropped. */
  boolean passes(SimulatedSocket socket, Endpoint endpoint) {
    if (isFull(endpoint)) {
      dropped++;
      return false;
    }
    passed++;
    used.merge(endpoint, 1, Integer::sum);
    socket.leavesNat =
        () -> {
          socket.leavesNat = () -> {};
          timers.schedule(() -> used.merge(endpoint, -1, Integer::sum), hold);
        };
    return true;
  }

  @Override
  public String toString() {
    return used.toString();
  }
}
