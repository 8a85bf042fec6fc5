package io.fourtuple.port;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Some ports, kept as sorted ranges that neither touch nor overlap. Immutable.
 *
 * @param ranges sorted, disjoint, not touching; empty for no port at all
 */
public record PortSet(List<PortRange> ranges) {
  private static final PortSet EMPTY = new PortSet(List.of());

  /** Sorts and joins the ranges. */
  public PortSet {
    ranges = joined(ranges);
  }

  /** No port. */
  public static PortSet empty() {
    return EMPTY;
  }

  /** All ports of some ranges, which may overlap. */
  public static PortSet of(PortRange... ranges) {
    return new PortSet(List.of(ranges));
  }

  /** Some single ports. */
  public static PortSet ofPorts(Collection<Integer> ports) {
    return new PortSet(ports.stream().map(port -> new PortRange(port, port)).toList());
  }

  /**
   * Reads what {@code ip_local_reserved_ports} holds: {@code "8080,9100-9110"}, or nothing.
   *
   * @throws IllegalArgumentException with the wrong part in its message
   */
  public static PortSet parse(String text) {
    List<PortRange> ranges = new ArrayList<>();
    for (String part : text.strip().split(",")) {
      if (!part.isBlank()) {
        ranges.add(PortRange.parse(part));
      }
    }
    return new PortSet(ranges);
  }

  private static List<PortRange> joined(List<PortRange> ranges) {
    List<PortRange> result = new ArrayList<>();
    for (PortRange next : ranges.stream().sorted().toList()) {
      int end = result.size() - 1;
      if (end >= 0 && next.first() <= result.get(end).last() + 1) {
        PortRange before = result.get(end);
        result.set(end, new PortRange(before.first(), Math.max(before.last(), next.last())));
      } else {
        result.add(next);
      }
    }
    return List.copyOf(result);
  }

  /** How many ports. */
  public int size() {
    int size = 0;
    for (PortRange range : ranges) {
      size += range.size();
    }
    return size;
  }

  /** Whether there is no port. */
  public boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** Whether {@code port} is one of them. */
  public boolean contains(int port) {
    for (PortRange range : ranges) {
      if (range.contains(port)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the two have a port in common. */
  public boolean intersects(PortSet other) {
    return minus(other).size() != size();
  }

  /** These ports without {@code others}. */
  public PortSet minus(PortSet others) {
    List<PortRange> left = new ArrayList<>();
    for (PortRange range : ranges) {
      int from = range.first();
      for (PortRange hole : others.ranges) {
        if (hole.last() < from || hole.first() > range.last()) {
          continue;
        }
        if (hole.first() > from) {
          left.add(new PortRange(from, hole.first() - 1));
        }
        from = hole.last() + 1;
      }
      if (from <= range.last()) {
        left.add(new PortRange(from, range.last()));
      }
    }
    return new PortSet(left);
  }

  /** These ports and {@code others}. */
  public PortSet plus(PortSet others) {
    List<PortRange> all = new ArrayList<>(ranges);
    all.addAll(others.ranges);
    return new PortSet(all);
  }

  /** {@code 40000-40511}; ranges in order, with commas between. */
  @Override
  public String toString() {
    return ranges.stream().map(PortRange::toString).collect(Collectors.joining(","));
  }
}
