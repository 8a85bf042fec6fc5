package io.fourtuple.port;

/**
 * Consecutive ports, both ends included.
 *
 * @param first lowest port, 1 to 65535
 * @param last highest port, {@code first} to 65535
 */
public record PortRange(int first, int last) implements Comparable<PortRange> {
  /** The highest port there is (RFC 9293: 16 bits). */
  public static final int MAX_PORT = 65_535;

  /** Checks both ends. */
  public PortRange {
    if (first < 1 || first > MAX_PORT) {
      throw new IllegalArgumentException("first must be in 1..65535, was " + first);
    }
    if (last < first || last > MAX_PORT) {
      throw new IllegalArgumentException(
          "last must be in first (" + first + ")..65535, was " + last);
    }
  }

  /**
   * Reads {@code "40000-40511"} or {@code "40000"}.
   *
   * @throws IllegalArgumentException with the text in its message, where it is not a range
   */
  public static PortRange parse(String text) {
    String trimmed = text.strip();
    int dash = trimmed.indexOf('-');
    try {
      int first = Integer.parseInt(dash < 0 ? trimmed : trimmed.substring(0, dash).strip());
      int last = dash < 0 ? first : Integer.parseInt(trimmed.substring(dash + 1).strip());
      return new PortRange(first, last);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a port range must look like 40000-40511, was \"" + text + "\"", e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("port range \"" + text + "\": " + e.getMessage(), e);
    }
  }

  /** How many ports: {@code last - first + 1}. */
  public int size() {
    return last - first + 1;
  }

  /** Whether {@code port} lies within. */
  public boolean contains(int port) {
    return first <= port && port <= last;
  }

  /** By first port, then by last. */
  @Override
  public int compareTo(PortRange other) {
    return first != other.first
        ? Integer.compare(first, other.first)
        : Integer.compare(last, other.last);
  }

  /** {@code 40000-40511}, or {@code 40000} where it is one port. */
  @Override
  public String toString() {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }
}
