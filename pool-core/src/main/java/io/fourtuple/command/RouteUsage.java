package io.fourtuple.command;

import io.fourtuple.port.Endpoint;
import java.net.InetAddress;

/**
 * The ports of one route, as the kernel's table shows them.
 *
 * @param source this end's address
 * @param destination the other end
 * @param inUse ports of the kernel's range with a connection, or one that is being closed
 * @param timeWait ports of the range that rest
 * @param outside ports in use that are not of the range
 * @param capacity ports of the range that can have a connection
 */
record RouteUsage(
    InetAddress source, Endpoint destination, int inUse, int timeWait, int outside, int capacity) {
  int used() {
    return inUse + timeWait;
  }

  int free() {
    return Math.max(0, capacity - used());
  }

  /** Rounded down, so that 100 means that nothing is left. */
  int percent() {
    return capacity == 0 ? 100 : (int) (used() * 100L / capacity);
  }

  String name() {
    return source.getHostAddress() + " -> " + destination;
  }
}
