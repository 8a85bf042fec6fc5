package io.fourtuple.port;

import java.util.Arrays;

/**
 * Where the ports of a source lie: shared by all routes of that source. Immutable.
 *
 * @param ports the ports
 * @param first the lowest of them
 * @param last the highest of them
 */
record PortLayout(PortSet ports, int first, int last) {
  static PortLayout of(PortSet ports) {
    return new PortLayout(
        ports, ports.ranges().get(0).first(), ports.ranges().get(ports.ranges().size() - 1).last());
  }

  boolean contains(int port) {
    return first <= port && port <= last && ports.contains(port);
  }

  int chunkCount(int chunkSize) {
    return (last - first) / chunkSize + 1;
  }

  /** Sets a bit for each number that is not one of the ports, from {@code first + offset} on. */
  void copyHoles(int offset, long[] bits) {
    Arrays.fill(bits, -1);
    int from = first + offset;
    int to = from + bits.length * Long.SIZE - 1;
    for (PortRange range : ports.ranges()) {
      int low = Math.max(from, range.first());
      int high = Math.min(to, range.last());
      for (int port = low; port <= high; port++) {
        int bit = port - from;
        bits[bit / Long.SIZE] &= ~(1L << bit);
      }
    }
  }

  /** A port of the set, chosen by a random number. */
  int portAt(int random) {
    int index = Math.floorMod(random, ports.size());
    for (PortRange range : ports.ranges()) {
      if (index < range.size()) {
        return range.first() + index;
      }
      index -= range.size();
    }
    throw new IllegalStateException("no port number " + index + " in " + ports);
  }
}
